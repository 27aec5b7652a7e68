# SPDX-License-Identifier: Apache-2.0
# The harness. A test is a program (check_PROGRAMS) or an executable script that prints TAP, named
# in TESTS; every case counts. Scripts find the trees in $PN_SRCDIR and $PN_BUILDDIR.
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/.aux/tap-driver.sh
AM_TESTS_ENVIRONMENT = \
	PN_SRCDIR='$(abs_top_srcdir)'; export PN_SRCDIR; \
	PN_BUILDDIR='$(abs_top_builddir)'; export PN_BUILDDIR; \
	PN_LOCALEDIR='$(abs_top_builddir)/data/po/locale'; export PN_LOCALEDIR; \
	PN_DATADIR='$(abs_top_srcdir)/data'; export PN_DATADIR; \
	CC='$(CC)'; export CC; CXX='$(CXX_LINT)'; export CXX; AWK='$(AWK)'; export AWK; \
	PN_SANITIZED='$(SANITIZER)'; export PN_SANITIZED; \
	LC_ALL=C.UTF-8; export LC_ALL; unset LANGUAGE LANG PN_DSN PN_CONF PN_TOKEN;
EXTRA_DIST += %D%/main_int.h %D%/memory_int.h %D%/lsan.supp
if ASAN
SANITIZER = yes
endif

# One throw-away cluster around whatever runs. The eval puts it around automake's own check-TESTS,
# once for the whole suite, without a second copy of that rule here.
WITH_PG = $(wildcard $(srcdir)/%D%/with-pg)
PG_AROUND := $(eval check-TESTS recheck: private MAKE := $(WITH_PG) $(MAKE))

# The library's objects with its insides open to tests, and databases for them.
check_LTLIBRARIES += %D%/libtest.la
%C%_libtest_la_SOURCES = %D%/db.c %D%/db.h %D%/proof.c %D%/proof.h
%C%_libtest_la_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS)
%C%_libtest_la_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/%D%
%C%_libtest_la_LIBADD = $(lib_libpiaoniu_la_OBJECTS) $(lib_libpiaoniu_la_LIBADD) $(CHECK_LIBS)
check_PROGRAMS += %D%/testdb
%C%_testdb_SOURCES = %D%/testdb.c
%C%_testdb_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS)
%C%_testdb_LDADD = %D%/libtest.la
EXTRA_DIST += %D%/with-pg %D%/quick.yaml

# ---- lint: style, layers and promises as tests ----
LINTS = %D%/lint/tidy %D%/lint/layers %D%/lint/headers %D%/lint/abi %D%/lint/money %D%/lint/sql \
	%D%/lint/po %D%/lint/clang %D%/lint/codes %D%/lint/handbook %D%/lint/self
TESTS += %D%/lint/tidy %D%/lint/layers %D%/lint/headers %D%/lint/abi %D%/lint/money \
	%D%/lint/sql %D%/lint/po %D%/lint/clang %D%/lint/codes %D%/lint/handbook %D%/lint/self
EXTRA_DIST += $(LINTS) %D%/lint/lint.sh %D%/lint/schema.awk %D%/lint/abi.list
check_PROGRAMS += %D%/lint/scan
%C%_lint_scan_SOURCES = %D%/lint/scan.c
%C%_lint_scan_CFLAGS = $(AM_CFLAGS)

# The lints alone, for a quick look while writing.
lint: %D%/lint/scan$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) for l in $(LINTS); do echo "# $$l"; \
	  $(srcdir)/$$l | grep -v '^ok\|^1\.\.' || :; done

# New symbols of the library join the list; nothing ever leaves it.
abi-list: lib/libpiaoniu.la
	nm -D --defined-only lib/.libs/libpiaoniu.so | sed -n 's/.* \(pn_[a-z0-9_]*\).*/\1/p' | \
	  LC_ALL=C sort -u - $(srcdir)/%D%/lint/abi.list >abi.tmp && \
	  mv abi.tmp $(srcdir)/%D%/lint/abi.list
REGEN += abi-list
.PHONY: lint abi-list

# ---- the long runs ----
# $(call each,VARIABLE,WHAT): run every program of a list inside with-pg; all of them, then fail if
# one did. An empty list is an error.
each = test -n "$(strip $($(1)))" || { echo "make $@: $(2)" >&2; exit 1; }; \
	$(AM_TESTS_ENVIRONMENT) rc=0; for t in $($(1)); do \
	case $$t in /*) ;; *) test -f "$$t" && t=./$$t || t=$(srcdir)/$$t ;; esac; \
	$(WITH_PG) "$$t" $(ARGS) || { rc=1; echo "$$t failed" >&2; }; done; exit $$rc

torture: all $(TORTURE)
	@$(call each,TORTURE,no program is named in TORTURE)
model: all $(MODEL)
	@$(call each,MODEL,no program is named in MODEL)
bench: all $(BENCH)
	@$(call each,BENCH,no program is named in BENCH)
# Twenty million orders in the tables: half an hour and some 40 GB of disk. With PN_BENCH_GO=FILE
# the tables are filled beside other work, and measured when that file is there.
bench-large: all $(BENCH)
	@PN_BENCH_ORDERS=$${PN_BENCH_ORDERS:-20000000}; export PN_BENCH_ORDERS; \
	$(WITH_PG) %D%/bench/hot-tier$(EXEEXT)
bench-quick: all $(BENCH_QUICK)
	@PN_BENCH_QUICK=1; export PN_BENCH_QUICK; \
	$(call each,BENCH_QUICK,no program is named in BENCH_QUICK)
regen: all
	@test -n "$(strip $(REGEN))" || { echo "make $@: no target in REGEN" >&2; exit 1; }
	$(MAKE) $(AM_MAKEFLAGS) $(REGEN)

# The same suite in a tree of its own, under a sanitizer or an analyser. Sanitizers move gcc's
# guesses about sizes, so there warnings are no errors.
sub_configure = case '$(srcdir)' in /*) c='$(srcdir)/configure' ;; \
	*) c='../$(srcdir)/configure' ;; esac; \
	$(MKDIR_P) $(1) && cd $(1) && { test -f Makefile || "$$c" -q $(2); }
# The console restores the terminal in its own signal handlers, so those stay its own.
SANITIZED = CK_FORK=no UBSAN_OPTIONS=print_stacktrace=1 \
	LSAN_OPTIONS=suppressions=$(abs_top_srcdir)/tests/lsan.supp:print_suppressions=0 \
	ASAN_OPTIONS=detect_leaks=1:handle_segv=0:handle_sigbus=0:handle_sigfpe=0
check-asan:
	$(call sub_configure,asan,--enable-asan CFLAGS='-g -O1') && $(SANITIZED) $(MAKE) check
check-tsan:
	$(call sub_configure,tsan,--enable-tsan CFLAGS='-g -O1') && CK_FORK=no $(MAKE) check
check-clang:
	$(call sub_configure,clang,--enable-werror CC=clang) && $(MAKE) check
analyze:
	$(call sub_configure,analyze,--enable-werror CFLAGS='-g -O1 -fanalyzer') && \
	  $(MAKE) clean && $(MAKE) all
	@if command -v cppcheck >/dev/null; then cd $(srcdir) && cppcheck -q --error-exitcode=1 \
	  --enable=warning,performance,portability --inline-suppr -I lib lib cli tui http; \
	else echo "cppcheck is not installed: only the compiler's analyser ran"; fi
clean-local:
	rm -rf asan tsan clang analyze fuzz
.PHONY: torture model fuzz bench bench-large bench-quick regen
.PHONY: check-asan check-tsan check-clang analyze

include %D%/base/local.mk
include %D%/bench/local.mk
include %D%/cli/local.mk
include %D%/http/local.mk
include %D%/example/local.mk
include %D%/fuzz/local.mk
include %D%/catalog/local.mk
include %D%/seating/local.mk
include %D%/ledger/local.mk
include %D%/goods/local.mk
include %D%/link/local.mk
include %D%/merchant/local.mk
include %D%/model/local.mk
include %D%/order/local.mk
include %D%/report/local.mk
include %D%/tui/local.mk
include %D%/user/local.mk

# Faults in every operation: all places with `make torture`, a few in every check.
check_PROGRAMS += %D%/torture
%C%_torture_SOURCES = %D%/torture.c %D%/torture_cases.h %D%/torture_scenes.h
%C%_torture_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS)
%C%_torture_LDADD = %D%/libtest.la
TORTURE += %D%/torture
TESTS += %D%/torture-slice
EXTRA_DIST += %D%/torture-slice
include %D%/ticket/local.mk
