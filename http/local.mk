# SPDX-License-Identifier: Apache-2.0
# piaoniud. All but main.c is a library of its own, so that tests link the same objects.
noinst_LTLIBRARIES += %D%/libhttp.la
http_libhttp_la_SOURCES = \
	%D%/call.c \
	%D%/callback.c %D%/callback.h \
	%D%/clock.c \
	%D%/desk.c \
	%D%/handle.c \
	%D%/input.c \
	%D%/language.c %D%/language.h \
	%D%/limit.c %D%/limit.h \
	%D%/linger.c %D%/linger.h \
	%D%/listen.c %D%/listen.h \
	%D%/log.c \
	%D%/metric.c %D%/metric.h \
	%D%/openapi.c %D%/openapi.h \
	%D%/page.c \
	%D%/reply.c %D%/reply.h \
	%D%/route.c %D%/route.h \
	%D%/server.c %D%/header.c %D%/server.h \
	%D%/site.h \
	%D%/snapshot.c %D%/snapshot.h \
	%D%/text.c %D%/text.h \
	%D%/work.c %D%/work.h \
	%D%/writer.c %D%/writer.h
http_libhttp_la_CFLAGS = $(AM_CFLAGS) $(MHD_CFLAGS)
http_libhttp_la_LIBADD = $(MHD_LIBS) -lpthread

sbin_PROGRAMS += %D%/piaoniud
http_piaoniud_SOURCES = %D%/main.c
http_piaoniud_LDADD = %D%/libhttp.la lib/libpiaoniu.la -lpthread

# The API as a document, committed for those who read it without running anything.
EXTRA_DIST += data/openapi.json
REGEN += regen-openapi
regen-openapi: %D%/piaoniud
	$(AM_V_GEN)%D%/piaoniud --openapi >$(srcdir)/data/openapi.json.new && \
	  mv $(srcdir)/data/openapi.json.new $(srcdir)/data/openapi.json
.PHONY: regen-openapi
