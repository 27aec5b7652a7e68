# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/server
tests_http_server_SOURCES = %D%/server.c
tests_http_server_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_http_server_LDADD = http/libhttp.la $(CHECK_LIBS) -lpthread
TESTS += %D%/server
