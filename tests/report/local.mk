# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/board
TESTS += %D%/board
%C%_board_SOURCES = %D%/board.c
%C%_board_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_board_LDADD = tests/libtest.la
check_PROGRAMS += %D%/check
TESTS += %D%/check
%C%_check_SOURCES = %D%/check.c tests/order/shop.c tests/order/shop.h
%C%_check_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_check_LDADD = tests/libtest.la
check_PROGRAMS += %D%/alarm
TESTS += %D%/alarm
%C%_alarm_SOURCES = %D%/alarm.c tests/order/shop.c tests/order/shop.h
%C%_alarm_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_alarm_LDADD = tests/libtest.la
check_PROGRAMS += %D%/waits
TESTS += %D%/waits
%C%_waits_SOURCES = %D%/waits.c %D%/crowd.c %D%/crowd.h
%C%_waits_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_waits_LDADD = tests/libtest.la
