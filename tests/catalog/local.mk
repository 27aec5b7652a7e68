# SPDX-License-Identifier: Apache-2.0
CATALOG_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
check_PROGRAMS += %D%/import
TESTS += %D%/import
%C%_import_SOURCES = %D%/import.c %D%/season.c %D%/season_int.h
%C%_import_CFLAGS = $(CATALOG_CFLAGS)
%C%_import_LDADD = tests/libtest.la
check_PROGRAMS += %D%/show %D%/revision %D%/session
TESTS += %D%/show %D%/revision %D%/session
%C%_show_SOURCES = %D%/show.c %D%/season.c %D%/season_int.h
%C%_show_CFLAGS = $(CATALOG_CFLAGS)
%C%_show_LDADD = tests/libtest.la
%C%_revision_SOURCES = %D%/revision.c %D%/season.c %D%/season_int.h
%C%_revision_CFLAGS = $(CATALOG_CFLAGS)
%C%_revision_LDADD = tests/libtest.la
%C%_session_SOURCES = %D%/session.c %D%/season.c %D%/season_int.h
%C%_session_CFLAGS = $(CATALOG_CFLAGS)
%C%_session_LDADD = tests/libtest.la
