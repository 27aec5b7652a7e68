# SPDX-License-Identifier: Apache-2.0
# Golden tests of `pn`: shell scripts that print TAP, each with a database of its own if needed.
CLI_TESTS = %D%/help.t %D%/input.t %D%/output.t %D%/login.t %D%/write.t %D%/batch.t %D%/chinese.t \
	%D%/examples.t %D%/database.t %D%/demo.t %D%/seating.t %D%/secrets.t \
	%D%/missing.t
TESTS += $(CLI_TESTS)
EXTRA_DIST += $(CLI_TESTS) %D%/tap.sh %D%/season.sh
check_PROGRAMS += %D%/cut
%C%_cut_SOURCES = %D%/cut.c
%C%_cut_CFLAGS = $(AM_CFLAGS)
