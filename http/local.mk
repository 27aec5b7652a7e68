# SPDX-License-Identifier: Apache-2.0
# piaoniud. All but main.c is a library of its own, so that tests link the same objects.
noinst_LTLIBRARIES += %D%/libhttp.la
http_libhttp_la_SOURCES = \
	%D%/linger.c %D%/linger.h \
	%D%/listen.c %D%/listen.h \
	%D%/server.c %D%/server.h \
	%D%/text.c %D%/text.h
http_libhttp_la_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS)
http_libhttp_la_LIBADD = $(MHD_LIBS) -lpthread
