# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/server %D%/parts %D%/openapi %D%/mangle %D%/sign
tests_http_server_SOURCES = %D%/server.c
tests_http_server_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_http_server_LDADD = http/libhttp.la $(CHECK_LIBS) -lpthread
tests_http_parts_SOURCES = %D%/parts.c
tests_http_parts_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_http_parts_LDADD = http/libhttp.la lib/libpiaoniu.la $(CHECK_LIBS) -lpthread
tests_http_openapi_SOURCES = %D%/openapi.c
tests_http_openapi_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS) $(JANSSON_CFLAGS)
tests_http_openapi_LDADD = http/libhttp.la lib/libpiaoniu.la $(JANSSON_LIBS) $(CHECK_LIBS)
tests_http_mangle_SOURCES = %D%/mangle.c
tests_http_mangle_LDADD = http/libhttp.la lib/libpiaoniu.la -lpthread
TESTS += %D%/server %D%/parts %D%/openapi %D%/mangle

# One module more than the library has.
check_PROGRAMS += %D%/desk
tests_http_desk_SOURCES = %D%/desk.c
tests_http_desk_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests
tests_http_desk_LDADD = http/libhttp.la tests/libtest.la
tests_http_desk_LDFLAGS = -Wl,--wrap=pn_modules
TESTS += %D%/desk

tests_http_sign_SOURCES = %D%/sign.c
tests_http_sign_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS)
tests_http_sign_LDADD = $(LIBDEPS_LIBS)

http_tests = %D%/read.t %D%/together.t %D%/write.t %D%/down.t %D%/sell.t %D%/buy.t \
	%D%/snapshot.t %D%/account.t \
	%D%/dist.t %D%/refusals.t
EXTRA_DIST += %D%/http.sh %D%/people.sh $(http_tests)
TESTS += $(http_tests)
