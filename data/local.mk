# SPDX-License-Identifier: Apache-2.0
# Folders installed and distributed as they stand, below $(pkgdatadir).
DATA_TREES = %D%/schema %D%/demo %D%/face %D%/link %D%/notice %D%/piaoniu.yaml
EXTRA_DIST += $(DATA_TREES)

# ---- translations: fragments, one per author's corner, become one catalogue ----
PO_FRAGMENTS = $(sort $(wildcard $(srcdir)/data/po/zh_CN.d/*.po))
# gettext looks up a number of <inttypes.h> by what the machine calls it, but only where it is told
# that the text is a format.
PO_MARK = sed 's/^msgid .*%<PRI/\#, c-format\n&/'
PO_MO = %D%/po/locale/zh_CN/LC_MESSAGES/piaoniu.mo
EXTRA_DIST += %D%/po/zh_CN.d
CLEANFILES += %D%/po/zh_CN.po %D%/po/piaoniu.pot $(PO_MO)

%D%/po/zh_CN.po: $(PO_FRAGMENTS)
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)for f in $(PO_FRAGMENTS); do $(PO_MARK) $$f; echo; done | \
	  msguniq --use-first --force-po --to-code=UTF-8 -o $@.tmp - && mv $@.tmp $@
$(PO_MO): %D%/po/zh_CN.po
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(MSGFMT) -c -o $@.tmp %D%/po/zh_CN.po && mv $@.tmp $@
all-local: $(PO_MO)

pot: %D%/po/piaoniu.pot
%D%/po/piaoniu.pot: FORCE
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)$(SHELL) $(srcdir)/%D%/po/extract $(srcdir) $@
EXTRA_DIST += %D%/po/extract
FORCE:
.PHONY: pot FORCE

# A configuration that somebody wrote is never touched.
CONFIG = $(sysconfdir)/piaoniu/piaoniu.yaml
install-data-local: $(PO_MO)
	$(MKDIR_P) "$(DESTDIR)$(localedir)/zh_CN/LC_MESSAGES"
	$(INSTALL_DATA) $(PO_MO) "$(DESTDIR)$(localedir)/zh_CN/LC_MESSAGES/piaoniu.mo"
	for t in $(DATA_TREES); do (cd $(srcdir) && find "$$t" -type f) | while read -r f; do \
	  to="$(DESTDIR)$(pkgdatadir)/$${f#data/}"; $(MKDIR_P) "$${to%/*}" && \
	  $(INSTALL_DATA) "$(srcdir)/$$f" "$$to" || exit 1; done || exit 1; done
	$(MKDIR_P) "$(DESTDIR)$(sysconfdir)/piaoniu"
	test -e "$(DESTDIR)$(CONFIG)" || \
	  $(INSTALL_DATA) "$(srcdir)/%D%/piaoniu.yaml" "$(DESTDIR)$(CONFIG)"
uninstall-local:
	! cmp -s "$(srcdir)/%D%/piaoniu.yaml" "$(DESTDIR)$(CONFIG)" || rm -f "$(DESTDIR)$(CONFIG)"
	for t in $(DATA_TREES); do rm -rf "$(DESTDIR)$(pkgdatadir)/$${t#data/}"; done
	rm -f "$(DESTDIR)$(localedir)/zh_CN/LC_MESSAGES/piaoniu.mo"

# ---- systemd ----
SYSTEMD_UNITS = %D%/systemd/piaoniud.service %D%/systemd/piaoniu-work.service
systemdsystemunit_DATA = $(SYSTEMD_UNITS)
dist_sysusers_DATA = %D%/systemd/piaoniu.conf
CLEANFILES += $(SYSTEMD_UNITS)
EXTRA_DIST += %D%/systemd/piaoniud.service.in %D%/systemd/piaoniu-work.service.in
$(SYSTEMD_UNITS): %: %.in Makefile
	@$(MKDIR_P) $(@D)
	$(AM_V_GEN)sed -e 's|@bindir[@]|$(bindir)|g' -e 's|@sbindir[@]|$(sbindir)|g' \
	  -e 's|@sysconfdir[@]|$(sysconfdir)|g' $< >$@.tmp && mv $@.tmp $@
