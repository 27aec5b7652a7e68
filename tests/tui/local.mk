# SPDX-License-Identifier: Apache-2.0
# The console's tests. `sandbox` is the console itself over a catalogue of operations that needs no
# database; `count` is preloaded into it and counts writes.
check_PROGRAMS += %D%/parts %D%/console %D%/rooms %D%/screens %D%/sandbox
check_LTLIBRARIES += %D%/count.la
TESTS += %D%/parts %D%/console %D%/rooms %D%/screens %D%/tmux.t
EXTRA_DIST += %D%/tmux.t %D%/screen
%C%_parts_SOURCES = %D%/parts.c tui/width.c tui/row.c tui/input.c tui/edit.c tui/keys.c
%C%_parts_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_parts_LDADD = $(CHECK_LIBS)
TUI_HARNESS = %D%/fixture.c %D%/fixture.h %D%/vth.c %D%/vth.h
%C%_console_SOURCES = %D%/console.c $(TUI_HARNESS)
%C%_console_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(VTERM_CFLAGS) -I$(srcdir)/tests
%C%_console_LDADD = $(CHECK_LIBS) $(VTERM_LIBS) -lutil
%C%_rooms_SOURCES = %D%/rooms.c $(TUI_HARNESS)
%C%_rooms_CFLAGS = $(%C%_console_CFLAGS)
%C%_rooms_LDADD = $(%C%_console_LDADD)
%C%_screens_SOURCES = %D%/screens.c $(TUI_HARNESS)
%C%_screens_CFLAGS = $(%C%_console_CFLAGS)
%C%_screens_LDADD = $(%C%_console_LDADD)
%C%_sandbox_SOURCES = $(TUI_SOURCES) %D%/sandbox.c
%C%_sandbox_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS) -pthread
%C%_sandbox_LDADD = lib/libpiaoniu.la $(NCURSES_LIBS) -lpthread
%C%_count_la_SOURCES = %D%/count.c
%C%_count_la_CFLAGS = $(AM_CFLAGS)
%C%_count_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere
%C%_count_la_LIBADD = -ldl

# The console's own words only, so that golden screens do not change with everybody else's.
TUI_MO = %D%/locale/zh_CN/LC_MESSAGES/piaoniu.mo
check_DATA = $(TUI_MO)
CLEANFILES += $(TUI_MO)
$(TUI_MO): $(srcdir)/data/po/zh_CN.d/00-header.po $(srcdir)/data/po/zh_CN.d/tui.po
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)cat $^ | $(MSGFMT) -o $@ -
