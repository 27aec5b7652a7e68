# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/merchant
TESTS += %D%/merchant
%C%_merchant_SOURCES = %D%/merchant.c
%C%_merchant_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_merchant_LDADD = tests/libtest.la
check_PROGRAMS += %D%/wallet
TESTS += %D%/wallet
%C%_wallet_SOURCES = %D%/wallet.c
%C%_wallet_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_wallet_LDADD = tests/libtest.la
check_PROGRAMS += %D%/settlement
TESTS += %D%/settlement
%C%_settlement_SOURCES = %D%/settlement.c tests/order/shop.c tests/order/shop.h
%C%_settlement_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_settlement_LDADD = tests/libtest.la
check_PROGRAMS += %D%/penalty
TESTS += %D%/penalty
%C%_penalty_SOURCES = %D%/penalty.c tests/order/shop.c tests/order/shop.h tests/ledger/desk.c \
	tests/ledger/desk.h
%C%_penalty_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_penalty_LDADD = tests/libtest.la
check_PROGRAMS += %D%/organiser
TESTS += %D%/organiser
%C%_organiser_SOURCES = %D%/organiser.c tests/order/shop.c tests/order/shop.h \
	tests/ledger/desk.c tests/ledger/desk.h
%C%_organiser_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_organiser_LDADD = tests/libtest.la
check_PROGRAMS += %D%/back
TESTS += %D%/back
%C%_back_SOURCES = %D%/back.c tests/order/shop.c tests/order/shop.h
%C%_back_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_back_LDADD = tests/libtest.la
check_PROGRAMS += %D%/guarantee
TESTS += %D%/guarantee
%C%_guarantee_SOURCES = %D%/guarantee.c tests/order/shop.c tests/order/shop.h \
	tests/ledger/desk.c tests/ledger/desk.h
%C%_guarantee_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_guarantee_LDADD = tests/libtest.la
check_PROGRAMS += %D%/pockets
TESTS += %D%/pockets
%C%_pockets_SOURCES = %D%/pockets.c tests/order/shop.c tests/order/shop.h
%C%_pockets_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_pockets_LDADD = tests/libtest.la
