# SPDX-License-Identifier: Apache-2.0
# Written by make man-pages: do not edit.
dist_man_MANS += \
	man/pn-audit.1 \
	man/pn-auth.1 \
	man/pn-board.1 \
	man/pn-check.1 \
	man/pn-city.1 \
	man/pn-device.1 \
	man/pn-face.1 \
	man/pn-gate.1 \
	man/pn-grab.1 \
	man/pn-group.1 \
	man/pn-groupbuy.1 \
	man/pn-hall.1 \
	man/pn-import.1 \
	man/pn-job.1 \
	man/pn-key.1 \
	man/pn-listing.1 \
	man/pn-merchant.1 \
	man/pn-notice.1 \
	man/pn-order.1 \
	man/pn-outbox.1 \
	man/pn-payment.1 \
	man/pn-policy.1 \
	man/pn-price.1 \
	man/pn-print.1 \
	man/pn-printer.1 \
	man/pn-qualification.1 \
	man/pn-refund.1 \
	man/pn-revision.1 \
	man/pn-roll.1 \
	man/pn-scan.1 \
	man/pn-search.1 \
	man/pn-session.1 \
	man/pn-show.1 \
	man/pn-staff.1 \
	man/pn-stock.1 \
	man/pn-ticket.1 \
	man/pn-tier.1 \
	man/pn-token.1 \
	man/pn-totp.1 \
	man/pn-venue.1 \
	man/pn.1
