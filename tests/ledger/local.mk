# SPDX-License-Identifier: Apache-2.0
LEDGER_TESTS = %D%/transfer %D%/posting %D%/random %D%/sale %D%/books %D%/upgrade
check_PROGRAMS += $(LEDGER_TESTS)
TESTS += $(LEDGER_TESTS)
LEDGER_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests -I$(srcdir)/%D% \
	-I$(srcdir)/tests/order
LEDGER_DESK = %D%/desk.c %D%/desk.h
%C%_transfer_SOURCES = %D%/transfer.c $(LEDGER_DESK)
%C%_transfer_CFLAGS = $(LEDGER_CFLAGS)
%C%_transfer_LDADD = tests/libtest.la
%C%_posting_SOURCES = %D%/posting.c $(LEDGER_DESK)
%C%_posting_CFLAGS = $(LEDGER_CFLAGS)
%C%_posting_LDADD = tests/libtest.la
%C%_random_SOURCES = %D%/random.c $(LEDGER_DESK)
%C%_random_CFLAGS = $(LEDGER_CFLAGS)
%C%_random_LDADD = tests/libtest.la
%C%_sale_SOURCES = %D%/sale.c tests/order/shop.c tests/order/shop.h $(LEDGER_DESK)
%C%_sale_CFLAGS = $(LEDGER_CFLAGS)
%C%_sale_LDADD = tests/libtest.la
%C%_books_SOURCES = %D%/books.c $(LEDGER_DESK)
%C%_books_CFLAGS = $(LEDGER_CFLAGS)
%C%_books_LDADD = tests/libtest.la
%C%_upgrade_SOURCES = %D%/upgrade.c
%C%_upgrade_CFLAGS = $(LEDGER_CFLAGS)
%C%_upgrade_LDADD = tests/libtest.la
