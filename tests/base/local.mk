# SPDX-License-Identifier: Apache-2.0
BASE_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
check_PROGRAMS += %D%/conf %D%/cluster
TESTS += %D%/conf %D%/cluster
%C%_conf_SOURCES = %D%/conf.c
%C%_conf_CFLAGS = $(BASE_CFLAGS)
%C%_conf_LDADD = tests/libtest.la
%C%_cluster_SOURCES = %D%/cluster.c
%C%_cluster_CFLAGS = $(BASE_CFLAGS)
%C%_cluster_LDADD = tests/libtest.la
check_PROGRAMS += %D%/sql %D%/call
TESTS += %D%/sql %D%/call
%C%_sql_SOURCES = %D%/sql.c
%C%_sql_CFLAGS = $(BASE_CFLAGS)
%C%_sql_LDADD = tests/libtest.la
%C%_call_SOURCES = %D%/call.c
%C%_call_CFLAGS = $(BASE_CFLAGS)
%C%_call_LDADD = tests/libtest.la
