# SPDX-License-Identifier: Apache-2.0
lib_LTLIBRARIES = %D%/libpiaoniu.la
lib_libpiaoniu_la_SOURCES = %D%/modules.def
lib_libpiaoniu_la_CPPFLAGS = $(AM_CPPFLAGS)
lib_libpiaoniu_la_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(ICU_CFLAGS) \
	$(ARCHIVE_CFLAGS) $(XLSX_CFLAGS) $(EXPAT_CFLAGS)
lib_libpiaoniu_la_LIBADD = $(LIBDEPS_LIBS) -lpthread -lm
lib_libpiaoniu_la_LDFLAGS = -version-info 0:0:0 -Wl,--version-script=$(srcdir)/lib/piaoniu.map \
	-Wl,-z,relro,-z,now -Wl,-Bsymbolic-functions $(PN_LDFLAGS)
# The sanitizers' run time comes from the program, so there the library must keep open ends.
if !ASAN
lib_libpiaoniu_la_LDFLAGS += -Wl,--no-undefined
endif
EXTRA_lib_libpiaoniu_la_DEPENDENCIES = %D%/piaoniu.map
EXTRA_DIST += %D%/piaoniu.map

# Installed headers: piaoniu/<noun>.h; each folder adds its own. *_int.h are never installed.
pninclude_HEADERS =
pnincludedir = $(includedir)/piaoniu

include %D%/base/local.mk
include %D%/link/local.mk
include %D%/ledger/local.mk
include %D%/user/local.mk
include %D%/catalog/local.mk
include %D%/seating/local.mk
include %D%/merchant/local.mk
include %D%/goods/local.mk
include %D%/promo/local.mk
include %D%/channel/local.mk
include %D%/order/local.mk
include %D%/ticket/local.mk
include %D%/report/local.mk

# The umbrella header: what the folders install, in their order. In the build tree it names the
# sources' folders; installed headers lie side by side, so their includes lose the folder.
BUILT_SOURCES += %D%/piaoniu.h
CLEANFILES += %D%/piaoniu.h
nodist_include_HEADERS = %D%/piaoniu.h
%D%/piaoniu.h: Makefile
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN){ echo '/* SPDX-License-Identifier: Apache-2.0 */'; \
	  echo '/* piaoniu.h — everything a program over the library needs. */'; \
	  for h in $(pninclude_HEADERS); do \
	    case $$h in *.h) echo "#include \"$${h#*lib/}\"" ;; esac; done; } >$@.tmp && \
	  mv $@.tmp $@

FLAT_INCLUDE = s|^\( *\# *include "\)[a-z]*/\([a-z_]*\.[a-z]*"\)|\1\2|
install-data-hook:
	cd "$(DESTDIR)$(pnincludedir)" && for h in *.h; do \
	  sed '$(FLAT_INCLUDE)' "$$h" >"$$h.tmp" && mv "$$h.tmp" "$$h" && \
	  chmod 644 "$$h" || exit 1; done
	cd "$(DESTDIR)$(includedir)" && \
	  sed 's|^#include "[a-z]*/\([a-z_]*\.h\)"|#include "piaoniu/\1"|' piaoniu.h \
	    >piaoniu.h.tmp && \
	  mv piaoniu.h.tmp piaoniu.h && chmod 644 piaoniu.h
