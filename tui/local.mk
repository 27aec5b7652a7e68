# SPDX-License-Identifier: Apache-2.0
bin_PROGRAMS += %D%/piaoniu
TUI_SOURCES = \
	%D%/main.c \
	%D%/app.c %D%/app.h \
	%D%/event.c \
	%D%/loop.c \
	%D%/live.c %D%/live.h \
	%D%/listlive.c \
	%D%/plain.c \
	%D%/facts.c %D%/facts.h \
	%D%/manual.c \
	%D%/term.c %D%/term.h %D%/terse.c %D%/terse.h \
	%D%/theme.c %D%/theme.h %D%/themefile.c \
	%D%/row.c %D%/row.h \
	%D%/width.c %D%/width.h \
	%D%/input.c %D%/input.h \
	%D%/edit.c %D%/edit.h \
	%D%/keys.c %D%/keys.h %D%/keys.def %D%/rooms.def %D%/week.def \
	%D%/model.c %D%/model.h \
	%D%/worker.c %D%/worker.h \
	%D%/prompt.c \
	%D%/draft.c %D%/draft.h \
	%D%/command.c %D%/complete.c \
	%D%/grammar.c %D%/grammar.h \
	%D%/names.c %D%/names.h \
	%D%/told.c \
	%D%/trail.c \
	%D%/palette.c \
	%D%/keymap.c \
	%D%/order.c \
	%D%/sheet.c %D%/sheet.h %D%/export.c %D%/picture.c \
	%D%/saved.c \
	%D%/settings.c %D%/settings.h \
	%D%/views.c %D%/actions.c \
	%D%/list.c %D%/listact.c %D%/list.h \
	%D%/listdraw.c %D%/tail.c \
	%D%/pane.c \
	%D%/mark.c \
	%D%/plan.c %D%/plan.h %D%/plandraw.c %D%/afar.c \
	%D%/bulk.c %D%/bulk.h %D%/undo.c \
	%D%/rank.c \
	%D%/meets.c %D%/grid.c %D%/griddraw.c %D%/grid.h %D%/grid.def %D%/typed.c \
	%D%/seats.c %D%/seats.h \
	%D%/seatdraw.c %D%/seatmap.h \
	%D%/seatmap.c %D%/seatsale.c \
	%D%/zones.c %D%/zones.h %D%/zonemenu.c %D%/zonediff.c \
	%D%/detail.c %D%/inner.c %D%/inner.h \
	%D%/form.c %D%/form.h %D%/pick.c %D%/formdraw.c %D%/preset.c %D%/preset.h \
	%D%/menu.c \
	%D%/help.c \
	%D%/login.c \
	%D%/board.c %D%/board.h %D%/boarddraw.c \
	%D%/counter.c %D%/counter.h %D%/counterpay.c %D%/counterdraw.c \
	%D%/counterlist.c %D%/counterask.c \
	%D%/lock.c \
	%D%/till.c %D%/till.h \
	%D%/qr.c %D%/qr.h \
	%D%/scanner.c %D%/scanner.h \
	%D%/gate.c %D%/gate.h %D%/gatedraw.c
%C%_piaoniu_SOURCES = $(TUI_SOURCES)
%C%_piaoniu_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS) -pthread
# One piece with the library, at its place: a console starts many times a day, and is started by
# many at once. Not with sanitizers, which want to choose the place.
if ASAN
%C%_piaoniu_LDADD = lib/libpiaoniu.la $(NCURSES_LIBS) -lpthread -lm
else
%C%_piaoniu_LDFLAGS = $(AM_LDFLAGS) $(PN_FIXED) -Wl,--as-needed
%C%_piaoniu_LDADD = $(lib_libpiaoniu_la_OBJECTS) $(lib_libpiaoniu_la_LIBADD) $(NCURSES_LIBS)
endif
