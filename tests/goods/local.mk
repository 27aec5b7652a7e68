# SPDX-License-Identifier: Apache-2.0
GOODS_TESTS = %D%/restrict
check_PROGRAMS += $(GOODS_TESTS)
TESTS += $(GOODS_TESTS)
GOODS_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
%C%_restrict_SOURCES = %D%/restrict.c
%C%_restrict_CFLAGS = $(GOODS_CFLAGS)
%C%_restrict_LDADD = tests/libtest.la
