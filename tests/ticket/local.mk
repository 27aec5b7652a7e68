# SPDX-License-Identifier: Apache-2.0
TICKET_TESTS = %D%/code %D%/layout %D%/render %D%/escpos
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
#%C%_gate_SOURCES = %D%/gate.c $(TICKET_TOOLS) tests/order/shop.c tests/order/shop.h
#%C%_gate_CFLAGS = $(TICKET_CFLAGS)
#%C%_gate_LDADD = tests/libtest.la -lpthread
#%C%_print_SOURCES = %D%/print.c $(TICKET_TOOLS) tests/order/shop.c tests/order/shop.h
#%C%_print_CFLAGS = $(TICKET_CFLAGS)
#%C%_print_LDADD = tests/libtest.la -lpthread
