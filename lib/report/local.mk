# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += %D%/alarm.c %D%/board.c %D%/board_int.h \
	%D%/board_wait.c %D%/check.c %D%/check_int.h %D%/check_ledger.c \
	%D%/check_posting.c
pninclude_HEADERS += %D%/alarm.h %D%/board.h %D%/check.h
