# SPDX-License-Identifier: Apache-2.0
ORDER_TESTS = %D%/order %D%/payment %D%/refund %D%/notice
check_PROGRAMS += $(ORDER_TESTS)
TESTS += $(ORDER_TESTS)
ORDER_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests -I$(srcdir)/%D%
ORDER_SHOP = %D%/shop.c %D%/shop.h
%C%_order_SOURCES = %D%/order.c $(ORDER_SHOP)
%C%_order_CFLAGS = $(ORDER_CFLAGS)
%C%_order_LDADD = tests/libtest.la
%C%_payment_SOURCES = %D%/payment.c $(ORDER_SHOP)
%C%_payment_CFLAGS = $(ORDER_CFLAGS)
%C%_payment_LDADD = tests/libtest.la
%C%_refund_SOURCES = %D%/refund.c $(ORDER_SHOP)
%C%_refund_CFLAGS = $(ORDER_CFLAGS)
%C%_refund_LDADD = tests/libtest.la
%C%_notice_SOURCES = %D%/notice.c $(ORDER_SHOP)
%C%_notice_CFLAGS = $(ORDER_CFLAGS)
%C%_notice_LDADD = tests/libtest.la
