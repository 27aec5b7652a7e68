# SPDX-License-Identifier: Apache-2.0
LEDGER_TESTS = %D%/transfer
check_PROGRAMS += $(LEDGER_TESTS)
TESTS += $(LEDGER_TESTS)
LEDGER_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests -I$(srcdir)/%D% \
	-I$(srcdir)/tests/order
LEDGER_DESK = %D%/desk.c %D%/desk.h
%C%_transfer_SOURCES = %D%/transfer.c $(LEDGER_DESK)
%C%_transfer_CFLAGS = $(LEDGER_CFLAGS)
%C%_transfer_LDADD = tests/libtest.la
