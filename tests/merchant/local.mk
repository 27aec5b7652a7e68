# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/merchant
TESTS += %D%/merchant
%C%_merchant_SOURCES = %D%/merchant.c
%C%_merchant_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_merchant_LDADD = tests/libtest.la
