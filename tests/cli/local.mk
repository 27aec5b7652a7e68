# SPDX-License-Identifier: Apache-2.0
# Golden tests of `pn`: shell scripts that print TAP, each with a database of its own if it needs one.
CLI_TESTS = %D%/help.t %D%/input.t %D%/output.t
EXTRA_DIST += $(CLI_TESTS) %D%/tap.sh %D%/season.sh
