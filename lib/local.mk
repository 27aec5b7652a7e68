# SPDX-License-Identifier: Apache-2.0
lib_LTLIBRARIES = %D%/libpiaoniu.la
lib_libpiaoniu_la_SOURCES = %D%/modules.def
lib_libpiaoniu_la_CPPFLAGS = $(AM_CPPFLAGS)
lib_libpiaoniu_la_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS)
lib_libpiaoniu_la_LIBADD = $(LIBDEPS_LIBS) -lpthread -lm
lib_libpiaoniu_la_LDFLAGS = -version-info 0:0:0 -Wl,--version-script=$(srcdir)/lib/piaoniu.map -Wl,--no-undefined -Wl,-z,relro,-z,now
EXTRA_lib_libpiaoniu_la_DEPENDENCIES = %D%/piaoniu.map
EXTRA_DIST += %D%/piaoniu.map

# Installed headers: piaoniu/<noun>.h; each folder adds its own. *_int.h are never installed.
pninclude_HEADERS =
pnincludedir = $(includedir)/piaoniu

include %D%/base/local.mk
include %D%/user/local.mk
include %D%/catalog/local.mk
include %D%/goods/local.mk
include %D%/order/local.mk
include %D%/ticket/local.mk
