# SPDX-License-Identifier: Apache-2.0
ORDER_TESTS = %D%/order %D%/payment %D%/refund %D%/refund_rule %D%/refund_review \
	%D%/notice %D%/race \
	%D%/batch %D%/match \
	%D%/group %D%/grab %D%/grab_auth %D%/offline %D%/shift %D%/kind_race %D%/lock %D%/known \
	%D%/numbered \
	%D%/dist %D%/statement %D%/channel_rebate \
	%D%/rush %D%/intake %D%/till \
	%D%/bar \
	%D%/grab_key %D%/pay_rule \
	%D%/crowd %D%/incident %D%/late %D%/discount %D%/onsale %D%/send %D%/redirect \
	%D%/budget %D%/invariant \
	%D%/bill %D%/recon_diff \
	%D%/tender %D%/points %D%/points_late %D%/coupon \
	%D%/proxy %D%/law %D%/compensation %D%/offline_debt %D%/slip \
	%D%/chaos
check_PROGRAMS += $(ORDER_TESTS)
TESTS += $(ORDER_TESTS)
ORDER_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests -I$(srcdir)/%D%
ORDER_SHOP = %D%/shop.c %D%/shop.h
%C%_redirect_SOURCES = %D%/redirect.c $(ORDER_SHOP)
%C%_redirect_CFLAGS = $(ORDER_CFLAGS)
%C%_redirect_LDADD = tests/libtest.la
%C%_pay_rule_SOURCES = %D%/pay_rule.c $(ORDER_SHOP)
%C%_pay_rule_CFLAGS = $(ORDER_CFLAGS)
%C%_pay_rule_LDADD = tests/libtest.la
%C%_send_SOURCES = %D%/send.c $(ORDER_SHOP)
%C%_send_CFLAGS = $(ORDER_CFLAGS)
%C%_send_LDADD = tests/libtest.la
%C%_known_SOURCES = %D%/known.c $(ORDER_SHOP)
%C%_known_CFLAGS = $(ORDER_CFLAGS)
%C%_known_LDADD = tests/libtest.la -lpthread
%C%_order_SOURCES = %D%/order.c $(ORDER_SHOP)
%C%_order_CFLAGS = $(ORDER_CFLAGS)
%C%_order_LDADD = tests/libtest.la
%C%_payment_SOURCES = %D%/payment.c $(ORDER_SHOP)
%C%_payment_CFLAGS = $(ORDER_CFLAGS)
%C%_payment_LDADD = tests/libtest.la
%C%_refund_SOURCES = %D%/refund.c $(ORDER_SHOP)
%C%_refund_CFLAGS = $(ORDER_CFLAGS)
%C%_refund_LDADD = tests/libtest.la
%C%_refund_review_SOURCES = %D%/refund_review.c $(ORDER_SHOP)
%C%_refund_review_CFLAGS = $(ORDER_CFLAGS)
%C%_refund_review_LDADD = tests/libtest.la
%C%_refund_rule_SOURCES = %D%/refund_rule.c $(ORDER_SHOP)
%C%_refund_rule_CFLAGS = $(ORDER_CFLAGS)
%C%_refund_rule_LDADD = tests/libtest.la
%C%_notice_SOURCES = %D%/notice.c $(ORDER_SHOP)
%C%_notice_CFLAGS = $(ORDER_CFLAGS)
%C%_notice_LDADD = tests/libtest.la
%C%_race_SOURCES = %D%/race.c $(ORDER_SHOP)
%C%_race_CFLAGS = $(ORDER_CFLAGS)
%C%_race_LDADD = tests/libtest.la -lpthread
%C%_batch_SOURCES = %D%/batch.c $(ORDER_SHOP)
%C%_batch_CFLAGS = $(ORDER_CFLAGS)
%C%_batch_LDADD = tests/libtest.la
%C%_group_SOURCES = %D%/group.c $(ORDER_SHOP)
%C%_group_CFLAGS = $(ORDER_CFLAGS)
%C%_group_LDADD = tests/libtest.la
ORDER_GRABS = %D%/grabs.c %D%/grabs.h $(ORDER_SHOP)
%C%_grab_SOURCES = %D%/grab.c $(ORDER_GRABS)
%C%_grab_CFLAGS = $(ORDER_CFLAGS)
%C%_grab_LDADD = tests/libtest.la
%C%_grab_auth_SOURCES = %D%/grab_auth.c $(ORDER_GRABS)
%C%_grab_auth_CFLAGS = $(ORDER_CFLAGS)
%C%_grab_auth_LDADD = tests/libtest.la
%C%_grab_key_SOURCES = %D%/grab_key.c $(ORDER_GRABS)
%C%_grab_key_CFLAGS = $(ORDER_CFLAGS)
%C%_grab_key_LDADD = tests/libtest.la
%C%_shift_SOURCES = %D%/shift.c $(ORDER_SHOP)
%C%_shift_CFLAGS = $(ORDER_CFLAGS)
%C%_shift_LDADD = tests/libtest.la
%C%_till_SOURCES = %D%/till.c $(ORDER_SHOP)
%C%_till_CFLAGS = $(ORDER_CFLAGS)
%C%_till_LDADD = tests/libtest.la
%C%_offline_SOURCES = %D%/offline.c $(ORDER_SHOP)
%C%_offline_CFLAGS = $(ORDER_CFLAGS)
%C%_offline_LDADD = tests/libtest.la
%C%_lock_SOURCES = %D%/lock.c $(ORDER_GRABS)
%C%_lock_CFLAGS = $(ORDER_CFLAGS)
%C%_lock_LDADD = tests/libtest.la -lpthread
%C%_kind_race_SOURCES = %D%/kind_race.c $(ORDER_SHOP)
%C%_kind_race_CFLAGS = $(ORDER_CFLAGS)
%C%_kind_race_LDADD = tests/libtest.la -lpthread
%C%_match_SOURCES = %D%/match.c $(ORDER_SHOP)
%C%_match_CFLAGS = $(ORDER_CFLAGS)
%C%_match_LDADD = tests/libtest.la
%C%_bar_SOURCES = %D%/bar.c $(ORDER_SHOP)
%C%_bar_CFLAGS = $(ORDER_CFLAGS)
%C%_bar_LDADD = tests/libtest.la
%C%_numbered_SOURCES = %D%/numbered.c $(ORDER_SHOP)
%C%_numbered_CFLAGS = $(ORDER_CFLAGS)
%C%_numbered_LDADD = tests/libtest.la -lpthread
ORDER_DIST = %D%/distributor.c %D%/distributor.h $(ORDER_SHOP)
%C%_dist_SOURCES = %D%/dist.c $(ORDER_DIST)
%C%_dist_CFLAGS = $(ORDER_CFLAGS)
%C%_dist_LDADD = tests/libtest.la -lpthread
%C%_channel_rebate_SOURCES = %D%/channel_rebate.c $(ORDER_DIST)
%C%_channel_rebate_CFLAGS = $(ORDER_CFLAGS)
%C%_channel_rebate_LDADD = tests/libtest.la
%C%_statement_SOURCES = %D%/statement.c $(ORDER_DIST)
%C%_statement_CFLAGS = $(ORDER_CFLAGS)
%C%_statement_LDADD = tests/libtest.la
%C%_rush_SOURCES = %D%/rush.c $(ORDER_SHOP)
%C%_rush_CFLAGS = $(ORDER_CFLAGS)
%C%_rush_LDADD = tests/libtest.la -lpthread
%C%_intake_SOURCES = %D%/intake.c $(ORDER_SHOP)
%C%_intake_CFLAGS = $(ORDER_CFLAGS)
%C%_intake_LDADD = tests/libtest.la
%C%_crowd_SOURCES = %D%/crowd.c $(ORDER_SHOP)
%C%_crowd_CFLAGS = $(ORDER_CFLAGS)
%C%_crowd_LDADD = tests/libtest.la -lpthread
%C%_incident_SOURCES = %D%/incident.c $(ORDER_SHOP)
%C%_incident_CFLAGS = $(ORDER_CFLAGS)
%C%_incident_LDADD = tests/libtest.la -lpthread
%C%_late_SOURCES = %D%/late.c $(ORDER_SHOP)
%C%_late_CFLAGS = $(ORDER_CFLAGS)
%C%_late_LDADD = tests/libtest.la
%C%_discount_SOURCES = %D%/discount.c $(ORDER_SHOP)
%C%_discount_CFLAGS = $(ORDER_CFLAGS)
%C%_discount_LDADD = tests/libtest.la
%C%_onsale_SOURCES = %D%/onsale.c $(ORDER_SHOP)
%C%_onsale_CFLAGS = $(ORDER_CFLAGS)
%C%_onsale_LDADD = tests/libtest.la
%C%_invariant_SOURCES = %D%/invariant.c $(ORDER_SHOP)
%C%_invariant_CFLAGS = $(ORDER_CFLAGS)
%C%_invariant_LDADD = tests/libtest.la
%C%_budget_SOURCES = %D%/budget.c $(ORDER_SHOP)
%C%_budget_CFLAGS = $(ORDER_CFLAGS)
%C%_budget_LDADD = tests/libtest.la -lpthread
ORDER_BILLS = %D%/bills.c %D%/bills.h tests/ledger/desk.c tests/ledger/desk.h
%C%_bill_SOURCES = %D%/bill.c $(ORDER_BILLS) $(ORDER_SHOP)
%C%_bill_CFLAGS = $(ORDER_CFLAGS) -I$(srcdir)/tests/ledger
%C%_bill_LDADD = tests/libtest.la $(ARCHIVE_LIBS)
%C%_recon_diff_SOURCES = %D%/recon_diff.c $(ORDER_BILLS) $(ORDER_SHOP)
%C%_recon_diff_CFLAGS = $(ORDER_CFLAGS) -I$(srcdir)/tests/ledger
%C%_recon_diff_LDADD = tests/libtest.la $(ARCHIVE_LIBS)
%C%_tender_SOURCES = %D%/tender.c $(ORDER_SHOP)
%C%_tender_CFLAGS = $(ORDER_CFLAGS)
%C%_tender_LDADD = tests/libtest.la
ORDER_POINTS = %D%/points_desk.c %D%/points.h $(ORDER_SHOP)
%C%_points_SOURCES = %D%/points.c $(ORDER_POINTS)
%C%_points_CFLAGS = $(ORDER_CFLAGS)
%C%_points_LDADD = tests/libtest.la
%C%_coupon_SOURCES = %D%/coupon.c $(ORDER_POINTS)
%C%_coupon_CFLAGS = $(ORDER_CFLAGS)
%C%_coupon_LDADD = tests/libtest.la
%C%_points_late_SOURCES = %D%/points_late.c $(ORDER_POINTS)
%C%_points_late_CFLAGS = $(ORDER_CFLAGS)
%C%_points_late_LDADD = tests/libtest.la -lpthread
%C%_proxy_SOURCES = %D%/proxy.c $(ORDER_SHOP)
%C%_proxy_CFLAGS = $(ORDER_CFLAGS)
%C%_proxy_LDADD = tests/libtest.la
%C%_law_SOURCES = %D%/law.c $(ORDER_SHOP)
%C%_law_CFLAGS = $(ORDER_CFLAGS)
%C%_law_LDADD = tests/libtest.la
%C%_compensation_SOURCES = %D%/compensation.c $(ORDER_SHOP)
%C%_compensation_CFLAGS = $(ORDER_CFLAGS)
%C%_compensation_LDADD = tests/libtest.la
%C%_slip_SOURCES = %D%/slip.c $(ORDER_SHOP)
%C%_slip_CFLAGS = $(ORDER_CFLAGS)
%C%_slip_LDADD = tests/libtest.la
%C%_offline_debt_SOURCES = %D%/offline_debt.c $(ORDER_SHOP)
%C%_offline_debt_CFLAGS = $(ORDER_CFLAGS)
%C%_offline_debt_LDADD = tests/libtest.la
%C%_chaos_SOURCES = %D%/chaos.c $(ORDER_SHOP)
%C%_chaos_CFLAGS = $(ORDER_CFLAGS)
%C%_chaos_LDADD = tests/libtest.la -lpthread

# Ten thousand lives of orders; `make check` has a few of them.
chaos: all %D%/chaos$(EXEEXT)
	@PN_CHAOS_RUNS=$${PN_CHAOS_RUNS:-10000}; export PN_CHAOS_RUNS; \
	$(AM_TESTS_ENVIRONMENT) $(WITH_PG) ./%D%/chaos$(EXEEXT)
.PHONY: chaos
