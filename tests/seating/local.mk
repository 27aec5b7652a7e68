# SPDX-License-Identifier: Apache-2.0
SEATING_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/catalog
check_PROGRAMS += %D%/pick
TESTS += %D%/pick
%C%_pick_SOURCES = %D%/pick.c %D%/naive_int.h
%C%_pick_CFLAGS = $(SEATING_CFLAGS)
%C%_pick_LDADD = tests/libtest.la
