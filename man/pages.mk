# SPDX-License-Identifier: Apache-2.0
# Written by make man-pages: do not edit.
dist_man_MANS += \
	man/pn-audit.1 \
	man/pn-job.1 \
	man/pn-outbox.1 \
	man/pn.1
