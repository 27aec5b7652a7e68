# SPDX-License-Identifier: Apache-2.0
TICKET_TESTS = %D%/code %D%/layout %D%/render %D%/escpos %D%/admit %D%/printjob
check_PROGRAMS += $(TICKET_TESTS)
TESTS += $(TICKET_TESTS)
TICKET_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests \
	-I$(srcdir)/tests/order -I$(srcdir)/%D%
TICKET_TOOLS = %D%/tools.c %D%/tools.h
%C%_code_SOURCES = %D%/code.c
%C%_code_CFLAGS = $(TICKET_CFLAGS)
%C%_code_LDADD = tests/libtest.la
%C%_layout_SOURCES = %D%/layout.c $(TICKET_TOOLS)
%C%_layout_CFLAGS = $(TICKET_CFLAGS)
%C%_layout_LDADD = tests/libtest.la
%C%_render_SOURCES = %D%/render.c $(TICKET_TOOLS)
%C%_render_CFLAGS = $(TICKET_CFLAGS)
%C%_render_LDADD = tests/libtest.la
%C%_escpos_SOURCES = %D%/escpos.c $(TICKET_TOOLS)
%C%_escpos_CFLAGS = $(TICKET_CFLAGS)
%C%_escpos_LDADD = tests/libtest.la -lpthread
%C%_admit_SOURCES = %D%/admit.c $(TICKET_TOOLS) tests/order/shop.c tests/order/shop.h
%C%_admit_CFLAGS = $(TICKET_CFLAGS)
%C%_admit_LDADD = tests/libtest.la -lpthread
%C%_printjob_SOURCES = %D%/printjob.c $(TICKET_TOOLS) tests/order/shop.c tests/order/shop.h
%C%_printjob_CFLAGS = $(TICKET_CFLAGS)
%C%_printjob_LDADD = tests/libtest.la -lpthread

check_PROGRAMS += %D%/pretix
TESTS += %D%/pretix
%C%_pretix_SOURCES = %D%/pretix.c tests/catalog/season.c tests/catalog/season_int.h
%C%_pretix_CFLAGS = $(TICKET_CFLAGS)
%C%_pretix_LDADD = tests/libtest.la -lpthread
EXTRA_DIST += tests/catalog/data
