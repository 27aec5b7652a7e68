# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/memo %D%/view
TESTS += %D%/memo %D%/view
%C%_view_SOURCES = %D%/view.c
%C%_view_CFLAGS = $(BASE_CFLAGS)
%C%_view_LDADD = tests/libtest.la
%C%_memo_SOURCES = %D%/memo.c
%C%_memo_CFLAGS = $(BASE_CFLAGS)
%C%_memo_LDADD = tests/libtest.la
EXTRA_DIST += %D%/0999-example-memo.sql
