# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += %D%/piaoniud.8 %D%/piaoniu-architecture.7 %D%/piaoniu-style.7 \
	%D%/piaoniu-errors.7 %D%/piaoniu-flows.7 %D%/piaoniu-schema.7 %D%/piaoniu-glossary.7 \
	%D%/piaoniu-performance.7 %D%/piaoniu-link.7

# The pages of the commands, from the operation tables.
include %D%/pages.mk
man-pages: cli/pn$(EXEEXT)
	rm -f $(srcdir)/%D%/pn-*.1
	cli/pn manual $(srcdir)/%D%
	{ echo '# SPDX-License-Identifier: Apache-2.0'; \
	  echo '# Written by make man-pages: do not edit.'; \
	  echo 'dist_man_MANS += \'; cd $(srcdir)/%D% && ls pn.1 pn-*.1 | LC_ALL=C sort | \
	  sed -e 's|.*|	man/& \\|' -e '$$s| \\$$||'; } >pages.tmp
	mv pages.tmp $(srcdir)/%D%/pages.mk
REGEN += man-pages
.PHONY: man-pages

# The chapters that are tables of the program. It looks inside the library, so it links its objects.
check_PROGRAMS += %D%/handbook
%C%_handbook_SOURCES = %D%/handbook.c
%C%_handbook_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS)
%C%_handbook_LDADD = $(lib_libpiaoniu_la_OBJECTS) $(lib_libpiaoniu_la_LIBADD)
CHAPTERS = errors flows schema glossary
handbook: %D%/handbook$(EXEEXT)
	for c in $(CHAPTERS); do LC_ALL=C.UTF-8 man/handbook $$c $(srcdir) \
	  >$(srcdir)/man/piaoniu-$$c.7 || exit 1; done
REGEN += handbook
.PHONY: handbook

# The settings: a page and a sample from the parser's table.
dist_man_MANS += %D%/piaoniu.yaml.5
EXTRA_PROGRAMS += %D%/settings
%C%_settings_SOURCES = %D%/settings.c
%C%_settings_CFLAGS = $(AM_CFLAGS)
%C%_settings_LDADD = lib/libpiaoniu.la
settings: %D%/settings$(EXEEXT)
	man/settings manual >$(srcdir)/man/piaoniu.yaml.5
	man/settings sample >$(srcdir)/data/piaoniu.yaml
REGEN += settings
.PHONY: settings

# The console's page: its keys are the program's own table.
dist_man_MANS += %D%/piaoniu.1
console-page: tui/piaoniu$(EXEEXT)
	LC_ALL=C.UTF-8 LANGUAGE=en tui/piaoniu --manual >$(srcdir)/%D%/piaoniu.1
REGEN += console-page
.PHONY: console-page
