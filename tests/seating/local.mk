# SPDX-License-Identifier: Apache-2.0
SEATING_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/catalog
check_PROGRAMS += %D%/pick
TESTS += %D%/pick
%C%_pick_SOURCES = %D%/pick.c %D%/naive_int.h
%C%_pick_CFLAGS = $(SEATING_CFLAGS)
%C%_pick_LDADD = tests/libtest.la
SEATING_HALL = %D%/hall.c %D%/hall_int.h tests/catalog/season.c tests/catalog/season_int.h
EXTRA_DIST += %D%/data
check_PROGRAMS += %D%/seat_plan
TESTS += %D%/seat_plan
%C%_seat_plan_SOURCES = %D%/seat_plan.c tests/catalog/season.c tests/catalog/season_int.h
%C%_seat_plan_CFLAGS = $(SEATING_CFLAGS)
%C%_seat_plan_LDADD = tests/libtest.la
check_PROGRAMS += %D%/zone_plan
TESTS += %D%/zone_plan
%C%_zone_plan_SOURCES = %D%/zone_plan.c $(SEATING_HALL)
%C%_zone_plan_CFLAGS = $(SEATING_CFLAGS)
%C%_zone_plan_LDADD = tests/libtest.la
check_PROGRAMS += %D%/seat_hold %D%/seat
TESTS += %D%/seat_hold %D%/seat
%C%_seat_hold_SOURCES = %D%/seat_hold.c $(SEATING_HALL)
%C%_seat_hold_CFLAGS = $(SEATING_CFLAGS)
%C%_seat_hold_LDADD = tests/libtest.la
%C%_seat_SOURCES = %D%/seat.c $(SEATING_HALL)
%C%_seat_CFLAGS = $(SEATING_CFLAGS)
%C%_seat_LDADD = tests/libtest.la
