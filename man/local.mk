# SPDX-License-Identifier: Apache-2.0
dist_man_MANS += %D%/piaoniud.8

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
