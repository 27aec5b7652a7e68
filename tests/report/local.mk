# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/board
TESTS += %D%/board
%C%_board_SOURCES = %D%/board.c
%C%_board_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_board_LDADD = tests/libtest.la
