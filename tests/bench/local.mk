# SPDX-License-Identifier: Apache-2.0
# Figures: programs and scripts that print JSON lines and fail when a gate is missed.
EXTRA_PROGRAMS += %D%/race %D%/nothing
%C%_race_SOURCES = %D%/race.c
%C%_race_CFLAGS = $(AM_CFLAGS)
%C%_nothing_SOURCES = %D%/nothing.c
%C%_nothing_CFLAGS = $(AM_CFLAGS)
%C%_nothing_LDADD = lib/libpiaoniu.la
EXTRA_DIST += %D%/cli-start %D%/median_int.h %D%/history.awk %D%/even-rows.sql
CLEANFILES += %D%/race$(EXEEXT) %D%/nothing$(EXEEXT)

# What the scripts need; they are in $(BENCH) themselves.
BENCH_TOOLS = %D%/race$(EXEEXT) %D%/nothing$(EXEEXT)
bench bench-quick: $(BENCH_TOOLS)
BENCH += %D%/cli-start
BENCH_QUICK += %D%/cli-start

EXTRA_PROGRAMS += %D%/http-load
%C%_http_load_SOURCES = %D%/http-load.c
CLEANFILES += %D%/http-load$(EXEEXT)
EXTRA_DIST += %D%/http-read %D%/http-snapshot %D%/http-orders
BENCH_TOOLS += %D%/http-load$(EXEEXT)
BENCH += %D%/http-read %D%/http-snapshot %D%/http-orders
BENCH_QUICK += %D%/http-read %D%/http-snapshot %D%/http-orders

EXTRA_PROGRAMS += %D%/console
%C%_console_SOURCES = %D%/console.c tests/tui/vth.c
%C%_console_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
%C%_console_LDADD = $(VTERM_LIBS) -lutil
CLEANFILES += %D%/console$(EXEEXT)
EXTRA_DIST += %D%/console-start
BENCH_TOOLS += %D%/console$(EXEEXT)
BENCH += %D%/console-start
BENCH_QUICK += %D%/console-start

EXTRA_DIST += %D%/import-tiers
BENCH += %D%/import-tiers
BENCH_QUICK += %D%/import-tiers

check_PROGRAMS += %D%/order-path
%C%_order_path_SOURCES = %D%/order-path.c tests/order/shop.c tests/order/shop.h
%C%_order_path_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_order_path_LDADD = tests/libtest.la
BENCH += %D%/order-path$(EXEEXT)
BENCH_QUICK += %D%/order-path$(EXEEXT)

check_PROGRAMS += %D%/hot-tier
%C%_hot_tier_SOURCES = %D%/hot-tier.c %D%/same_rows_int.h tests/order/shop.c tests/order/shop.h
%C%_hot_tier_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_hot_tier_LDADD = tests/libtest.la -lm -lpthread
BENCH += %D%/hot-tier$(EXEEXT)

EXTRA_PROGRAMS += %D%/books
%C%_books_SOURCES = %D%/books.c
%C%_books_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_books_LDADD = tests/libtest.la
CLEANFILES += %D%/books$(EXEEXT)
BENCH += %D%/books$(EXEEXT)
BENCH_QUICK += %D%/books$(EXEEXT)

check_PROGRAMS += %D%/seat-search
%C%_seat_search_SOURCES = %D%/seat-search.c
%C%_seat_search_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS)
%C%_seat_search_LDADD = tests/libtest.la
BENCH += %D%/seat-search$(EXEEXT)
BENCH_QUICK += %D%/seat-search$(EXEEXT)

check_PROGRAMS += %D%/seat-lock
%C%_seat_lock_SOURCES = %D%/seat-lock.c
%C%_seat_lock_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_seat_lock_LDADD = tests/libtest.la
BENCH += %D%/seat-lock$(EXEEXT)
BENCH_QUICK += %D%/seat-lock$(EXEEXT)

EXTRA_PROGRAMS += %D%/session-list
%C%_session_list_SOURCES = %D%/session-list.c tests/order/shop.c tests/order/shop.h
%C%_session_list_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_session_list_LDADD = tests/libtest.la
CLEANFILES += %D%/session-list$(EXEEXT)
BENCH += %D%/session-list$(EXEEXT)
BENCH_QUICK += %D%/session-list$(EXEEXT)

EXTRA_PROGRAMS += %D%/ledger
%C%_ledger_SOURCES = %D%/ledger.c tests/ledger/desk.c tests/ledger/desk.h
%C%_ledger_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_ledger_LDADD = tests/libtest.la
CLEANFILES += %D%/ledger$(EXEEXT)
BENCH += %D%/ledger$(EXEEXT)
BENCH_QUICK += %D%/ledger$(EXEEXT)

check_PROGRAMS += %D%/recon
%C%_recon_SOURCES = %D%/recon.c tests/order/shop.c tests/order/shop.h
%C%_recon_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_recon_LDADD = tests/libtest.la
BENCH += %D%/recon$(EXEEXT)
BENCH_QUICK += %D%/recon$(EXEEXT)
EXTRA_PROGRAMS += %D%/notice
%C%_notice_SOURCES = %D%/notice.c tests/order/shop.c tests/order/shop.h tests/link/rig.c \
	tests/link/rig.h
%C%_notice_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order -I$(srcdir)/tests/link
%C%_notice_LDADD = tests/libtest.la -lcrypto
CLEANFILES += %D%/notice$(EXEEXT)
BENCH += %D%/notice$(EXEEXT)
BENCH_QUICK += %D%/notice$(EXEEXT)
check_PROGRAMS += %D%/tui-frame
%C%_tui_frame_SOURCES = %D%/tui-frame.c tests/tui/vth.c tests/order/shop.c tests/order/shop.h
%C%_tui_frame_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) $(VTERM_CFLAGS) \
	-I$(srcdir)/tests -I$(srcdir)/tests/order
%C%_tui_frame_LDADD = tests/libtest.la $(VTERM_LIBS) -lutil
BENCH += %D%/tui-frame$(EXEEXT)
BENCH_QUICK += %D%/tui-frame$(EXEEXT)
EXTRA_PROGRAMS += %D%/board-waits
%C%_board_waits_SOURCES = %D%/board-waits.c tests/report/crowd.c tests/report/crowd.h
%C%_board_waits_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_board_waits_LDADD = tests/libtest.la
CLEANFILES += %D%/board-waits$(EXEEXT)
BENCH += %D%/board-waits$(EXEEXT)

# What of it other work on the machine does not move is a test.
TESTS += %D%/gates
EXTRA_DIST += %D%/gates
