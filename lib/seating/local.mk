# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += \
	%D%/seat_plan.c %D%/plan_int.h %D%/plan_file.c %D%/plan_check.c %D%/plan_rows.c \
	%D%/meant.c %D%/meant_int.h \
	%D%/zone_plan.c %D%/zone_int.h %D%/zone_live.c \
	%D%/seat_hold.c %D%/hold_int.h %D%/hold_seats.c \
	%D%/claimed.c %D%/claimed_int.h \
	%D%/seat.c %D%/block.c %D%/block_int.h \
	%D%/picture.c %D%/picture_int.h \
	%D%/pick.c %D%/pick_int.h
pninclude_HEADERS += %D%/seat_plan.h %D%/zone_plan.h %D%/seat_hold.h %D%/seat.h
