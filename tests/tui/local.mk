# SPDX-License-Identifier: Apache-2.0
# The console's tests. `sandbox` is the console itself over a catalogue of operations that needs no
# database; `count` is preloaded into it and counts writes.
check_PROGRAMS += %D%/parts %D%/console %D%/rooms %D%/market %D%/seatmap %D%/zones %D%/scanner \
	%D%/safe %D%/screens %D%/desk \
	%D%/live %D%/frame %D%/news %D%/monkey %D%/matrix %D%/columns \
	%D%/till %D%/preset %D%/house %D%/walk %D%/counter %D%/sales %D%/facts %D%/sandbox
check_LTLIBRARIES += %D%/count.la
TESTS += %D%/parts %D%/console %D%/rooms %D%/market %D%/seatmap %D%/zones %D%/scanner \
	%D%/safe %D%/screens %D%/desk %D%/till %D%/preset %D%/house %D%/walk \
	%D%/counter %D%/sales %D%/facts \
	%D%/live %D%/frame %D%/news %D%/monkey %D%/matrix %D%/columns %D%/tmux.t %D%/ssh.t \
	%D%/oracle.t
EXTRA_DIST += %D%/tmux.t %D%/ssh.t %D%/oracle.t %D%/emulators %D%/screen
%C%_parts_SOURCES = %D%/parts.c tui/width.c tui/row.c tui/input.c tui/edit.c tui/keys.c \
	tui/terse.c
%C%_parts_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_parts_LDADD = lib/libpiaoniu.la $(CHECK_LIBS)
TUI_HARNESS = %D%/fixture.c %D%/fixture.h %D%/vth.c %D%/vth.h
%C%_console_SOURCES = %D%/console.c $(TUI_HARNESS)
%C%_console_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(VTERM_CFLAGS) -I$(srcdir)/tests
%C%_console_LDADD = $(CHECK_LIBS) $(VTERM_LIBS) -lutil
%C%_rooms_SOURCES = %D%/rooms.c $(TUI_HARNESS)
%C%_rooms_CFLAGS = $(%C%_console_CFLAGS)
%C%_rooms_LDADD = $(%C%_console_LDADD)
%C%_market_SOURCES = %D%/market.c $(TUI_HARNESS)
%C%_market_CFLAGS = $(%C%_console_CFLAGS)
%C%_market_LDADD = $(%C%_console_LDADD)
%C%_seatmap_SOURCES = %D%/seatmap.c $(TUI_HARNESS)
%C%_seatmap_CFLAGS = $(%C%_console_CFLAGS)
%C%_seatmap_LDADD = $(%C%_console_LDADD)
%C%_zones_SOURCES = %D%/zones.c $(TUI_HARNESS)
%C%_zones_CFLAGS = $(%C%_console_CFLAGS)
%C%_zones_LDADD = $(%C%_console_LDADD)
%C%_scanner_SOURCES = %D%/scanner.c $(TUI_HARNESS)
%C%_scanner_CFLAGS = $(%C%_console_CFLAGS)
%C%_scanner_LDADD = $(%C%_console_LDADD)
%C%_safe_SOURCES = %D%/safe.c $(TUI_HARNESS)
%C%_safe_CFLAGS = $(%C%_console_CFLAGS)
%C%_safe_LDADD = $(%C%_console_LDADD)
%C%_screens_SOURCES = %D%/screens.c $(TUI_HARNESS)
%C%_screens_CFLAGS = $(%C%_console_CFLAGS)
%C%_screens_LDADD = $(%C%_console_LDADD)
%C%_desk_SOURCES = %D%/desk.c $(TUI_HARNESS)
%C%_desk_CFLAGS = $(%C%_console_CFLAGS)
%C%_desk_LDADD = $(%C%_console_LDADD)
TUI_TILLS = %D%/tills.c %D%/tills.h tests/order/shop.c tests/order/shop.h $(TUI_HARNESS)
%C%_till_SOURCES = %D%/till.c %D%/wire.c %D%/wire.h $(TUI_TILLS)
%C%_till_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) $(VTERM_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_till_LDADD = tests/libtest.la $(VTERM_LIBS) -lutil
TUI_FOLK = %D%/folk.c %D%/folk.h tests/order/shop.c tests/order/shop.h $(TUI_HARNESS)
%C%_house_SOURCES = %D%/house.c tui/rooms.def $(TUI_FOLK)
%C%_house_CFLAGS = $(%C%_till_CFLAGS)
%C%_house_LDADD = $(%C%_till_LDADD)
%C%_walk_SOURCES = %D%/walk.c $(TUI_FOLK)
%C%_walk_CFLAGS = $(%C%_till_CFLAGS)
%C%_walk_LDADD = $(%C%_till_LDADD)
%C%_preset_SOURCES = %D%/preset.c tui/preset.c tui/model.c tests/order/shop.c tests/order/shop.h
%C%_preset_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order
%C%_preset_LDADD = tests/libtest.la
%C%_sales_SOURCES = %D%/sales.c $(TUI_TILLS)
%C%_sales_CFLAGS = $(%C%_till_CFLAGS)
%C%_sales_LDADD = $(%C%_till_LDADD)
%C%_counter_SOURCES = %D%/counter.c tests/link/till.c tests/link/till.h tests/link/fakes.c \
	tests/link/fakes.h tests/link/rig.c tests/link/rig.h $(TUI_TILLS)
%C%_counter_CFLAGS = $(%C%_till_CFLAGS) -I$(srcdir)/tests/link
%C%_counter_LDADD = $(%C%_till_LDADD)
%C%_facts_SOURCES = %D%/facts.c $(TUI_HARNESS)
%C%_facts_CFLAGS = $(%C%_console_CFLAGS)
%C%_facts_LDADD = $(%C%_console_LDADD)
%C%_frame_SOURCES = %D%/frame.c $(TUI_HARNESS)
%C%_frame_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) $(VTERM_CFLAGS) -I$(srcdir)/tests
%C%_frame_LDADD = $(CHECK_LIBS) $(VTERM_LIBS) $(LIBDEPS_LIBS) -lutil
%C%_news_SOURCES = %D%/news.c $(TUI_HARNESS)
%C%_news_CFLAGS = $(%C%_console_CFLAGS)
%C%_news_LDADD = $(%C%_console_LDADD)
%C%_monkey_SOURCES = %D%/monkey.c $(TUI_HARNESS)
%C%_monkey_CFLAGS = $(%C%_console_CFLAGS)
%C%_monkey_LDADD = $(%C%_console_LDADD)
%C%_matrix_SOURCES = %D%/matrix.c $(TUI_HARNESS)
%C%_matrix_CFLAGS = $(%C%_console_CFLAGS)
%C%_matrix_LDADD = $(%C%_console_LDADD)
%C%_columns_SOURCES = %D%/columns.c tui/width.c tui/row.c
%C%_columns_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(VTERM_CFLAGS) -I$(srcdir)/tests
%C%_columns_LDADD = $(CHECK_LIBS) $(VTERM_LIBS)
%C%_live_SOURCES = %D%/live.c %D%/wire.c %D%/wire.h $(TUI_HARNESS)
%C%_live_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) $(VTERM_CFLAGS) -I$(srcdir)/tests
%C%_live_LDADD = tests/libtest.la $(VTERM_LIBS) -lutil
%C%_sandbox_SOURCES = $(TUI_SOURCES) %D%/sandbox.c %D%/sandbox_goods.c %D%/sandbox_news.c \
	%D%/sandbox_desk.c %D%/sandbox_board.c %D%/sandbox_gate.c \
	%D%/sandbox_bulk.c %D%/sandbox_zone.c %D%/sandbox_int.h
%C%_sandbox_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS) -pthread
%C%_sandbox_LDADD = lib/libpiaoniu.la $(NCURSES_LIBS) -lpthread -lm
%C%_count_la_SOURCES = %D%/count.c
%C%_count_la_CFLAGS = $(AM_CFLAGS)
%C%_count_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
%C%_count_la_LIBADD = -ldl

# The console's own words only, so that golden screens do not change with everybody else's.
TUI_MO = %D%/locale/zh_CN/LC_MESSAGES/piaoniu.mo
check_DATA = $(TUI_MO)
CLEANFILES += $(TUI_MO)
$(TUI_MO): $(srcdir)/data/po/zh_CN.d/00-header.po $(srcdir)/data/po/zh_CN.d/tui.po \
		$(srcdir)/data/po/zh_CN.d/desk.po $(srcdir)/data/po/zh_CN.d/desk2.po \
		$(srcdir)/data/po/zh_CN.d/desk3.po $(srcdir)/data/po/zh_CN.d/console3.po \
		$(srcdir)/data/po/zh_CN.d/frame.po \
		$(srcdir)/data/po/zh_CN.d/safe.po $(srcdir)/data/po/zh_CN.d/walk1.po \
		$(srcdir)/data/po/zh_CN.d/rooms.po
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)cat $^ | msguniq --use-first --to-code=UTF-8 - | $(MSGFMT) -o $@ -

# A week of work on a demo: every task of tui/week.def, with its keys counted.
check_PROGRAMS += %D%/week
TESTS += %D%/week.t %D%/words.t
EXTRA_DIST += %D%/week.t %D%/words.t
%C%_week_SOURCES = %D%/week.c %D%/vth.c tui/week.def
%C%_week_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
%C%_week_LDADD = $(VTERM_LIBS) -lutil

# Pictures for the README, of the real console on the demo's data.
check_PROGRAMS += %D%/shot
check_LTLIBRARIES += %D%/still.la
%C%_still_la_SOURCES = %D%/still.c
%C%_still_la_CFLAGS = $(AM_CFLAGS)
%C%_still_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
%C%_still_la_LIBADD = -ldl
%C%_shot_SOURCES = %D%/shot.c %D%/vth.c
%C%_shot_CFLAGS = $(AM_CFLAGS) $(VTERM_CFLAGS)
%C%_shot_LDADD = $(VTERM_LIBS) -lutil
EXTRA_DIST += %D%/screenshots man/screens
TESTS += %D%/pictures.t
EXTRA_DIST += %D%/pictures.t
REGEN += screenshots
screenshots: all %D%/shot$(EXEEXT) %D%/still.la
	@PN_SRCDIR='$(abs_top_srcdir)' PN_BUILDDIR='$(abs_top_builddir)' $(srcdir)/%D%/screenshots
.PHONY: screenshots

# A million keys under the sanitizers, in the tree of check-asan.
monkey:
	$(call sub_configure,asan,--enable-asan CFLAGS='-g -O1') && \
	  $(MAKE) all && $(MAKE) %D%/sandbox %D%/monkey && \
	  PN_MONKEY=$${PN_MONKEY:-1000000} PN_BUILDDIR=`pwd` $(SANITIZED) %D%/monkey
.PHONY: monkey
clean-local: clean-emulators
clean-emulators:
	rm -rf %D%/kits %D%/kits.log
.PHONY: clean-emulators
