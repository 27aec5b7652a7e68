# SPDX-License-Identifier: Apache-2.0
LINK_TESTS = %D%/engine
check_PROGRAMS += $(LINK_TESTS)
TESTS += $(LINK_TESTS)
LINK_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests -I$(srcdir)/%D%
LINK_RIG = %D%/rig.c %D%/rig.h
%C%_engine_SOURCES = %D%/engine.c $(LINK_RIG)
%C%_engine_CFLAGS = $(LINK_CFLAGS)
%C%_engine_LDADD = tests/libtest.la
EXTRA_DIST += %D%/vector %D%/published.yaml
