# SPDX-License-Identifier: Apache-2.0
LINK_TESTS = %D%/engine %D%/words %D%/faults %D%/vendors %D%/pay %D%/bill \
	%D%/frozen \
	%D%/direct %D%/partner %D%/later \
	%D%/fee_invoice \
	%D%/ten %D%/incident %D%/secret \
	%D%/score %D%/deducted \
	%D%/recharge \
	%D%/flags %D%/one_net %D%/agreement %D%/agreed %D%/sand %D%/locked %D%/sso \
	%D%/instalment
check_PROGRAMS += $(LINK_TESTS)
TESTS += $(LINK_TESTS)
LINK_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests -I$(srcdir)/%D%
LINK_RIG = %D%/rig.c %D%/rig.h
%C%_engine_SOURCES = %D%/engine.c $(LINK_RIG)
%C%_engine_CFLAGS = $(LINK_CFLAGS)
%C%_engine_LDADD = tests/libtest.la
LINK_ASK = %D%/ask.c %D%/ask.h %D%/fakes.c %D%/fakes.h
%C%_words_SOURCES = %D%/words.c $(LINK_ASK) $(LINK_RIG)
%C%_words_CFLAGS = $(LINK_CFLAGS)
%C%_words_LDADD = tests/libtest.la -lpthread
%C%_faults_SOURCES = %D%/faults.c $(LINK_ASK) $(LINK_RIG)
%C%_faults_CFLAGS = $(LINK_CFLAGS)
%C%_faults_LDADD = tests/libtest.la -lpthread
%C%_vendors_SOURCES = %D%/vendors.c $(LINK_ASK) $(LINK_RIG)
%C%_vendors_CFLAGS = $(LINK_CFLAGS)
%C%_vendors_LDADD = tests/libtest.la
LINK_TILL = %D%/till.c %D%/till.h %D%/fakes.c %D%/fakes.h tests/order/shop.c $(LINK_RIG)
%C%_direct_SOURCES = %D%/direct.c $(LINK_TILL)
%C%_direct_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_direct_LDADD = tests/libtest.la
%C%_partner_SOURCES = %D%/partner.c $(LINK_TILL)
%C%_partner_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_partner_LDADD = tests/libtest.la
%C%_fee_invoice_SOURCES = %D%/fee_invoice.c $(LINK_TILL)
%C%_fee_invoice_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_fee_invoice_LDADD = tests/libtest.la
LINK_ATTEND = %D%/attend.c %D%/attend.h $(LINK_TILL)
%C%_one_net_SOURCES = %D%/one_net.c %D%/fakes.c %D%/fakes.h $(LINK_RIG)
%C%_one_net_CFLAGS = $(LINK_CFLAGS)
%C%_one_net_LDADD = tests/libtest.la
%C%_flags_SOURCES = %D%/flags.c $(LINK_TILL)
%C%_flags_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_flags_LDADD = tests/libtest.la
%C%_agreement_SOURCES = %D%/agreement.c $(LINK_TILL)
%C%_agreement_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_agreement_LDADD = tests/libtest.la
%C%_agreed_SOURCES = %D%/agreed.c $(LINK_TILL)
%C%_agreed_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_agreed_LDADD = tests/libtest.la
%C%_sand_SOURCES = %D%/sand.c $(LINK_TILL)
%C%_sand_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_sand_LDADD = tests/libtest.la
%C%_locked_SOURCES = %D%/locked.c $(LINK_RIG)
%C%_locked_CFLAGS = $(LINK_CFLAGS)
%C%_locked_LDADD = tests/libtest.la
%C%_sso_SOURCES = %D%/sso.c $(LINK_TILL)
%C%_sso_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_sso_LDADD = tests/libtest.la
%C%_instalment_SOURCES = %D%/instalment.c $(LINK_TILL)
%C%_instalment_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_instalment_LDADD = tests/libtest.la
%C%_recharge_SOURCES = %D%/recharge.c $(LINK_TILL)
%C%_recharge_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_recharge_LDADD = tests/libtest.la
%C%_score_SOURCES = %D%/score.c $(LINK_ATTEND)
%C%_score_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_score_LDADD = tests/libtest.la
%C%_deducted_SOURCES = %D%/deducted.c $(LINK_ATTEND)
%C%_deducted_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_deducted_LDADD = tests/libtest.la
%C%_later_SOURCES = %D%/later.c $(LINK_ATTEND)
%C%_later_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_later_LDADD = tests/libtest.la
%C%_frozen_SOURCES = %D%/frozen.c $(LINK_TILL)
%C%_frozen_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_frozen_LDADD = tests/libtest.la
%C%_pay_SOURCES = %D%/pay.c $(LINK_TILL)
%C%_pay_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_pay_LDADD = tests/libtest.la -lpthread
%C%_secret_SOURCES = %D%/secret.c $(LINK_RIG)
%C%_secret_CFLAGS = $(LINK_CFLAGS)
%C%_secret_LDADD = tests/libtest.la -lpthread
%C%_ten_SOURCES = %D%/ten.c $(LINK_TILL)
%C%_ten_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_ten_LDADD = tests/libtest.la
%C%_incident_SOURCES = %D%/incident.c $(LINK_TILL)
%C%_incident_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_incident_LDADD = tests/libtest.la -lpthread
%C%_bill_SOURCES = %D%/bill.c %D%/fakes.c %D%/fakes.h tests/order/shop.c $(LINK_RIG)
%C%_bill_CFLAGS = $(LINK_CFLAGS) -I$(srcdir)/tests/order
%C%_bill_LDADD = tests/libtest.la
check_PROGRAMS += %D%/signed
%C%_signed_SOURCES = %D%/signed.c
%C%_signed_CFLAGS = $(LINK_CFLAGS)
%C%_signed_LDADD = tests/libtest.la
link_tests = %D%/notify.t %D%/oracle.t
TESTS += $(link_tests)
EXTRA_DIST += $(link_tests)
EXTRA_DIST += %D%/vector %D%/published.yaml %D%/fake
EXTRA_DIST += %D%/zyb.yaml %D%/zyb %D%/house.yaml %D%/house

clean-local: clean-kits
clean-kits:
	rm -rf %D%/kits %D%/kits.log
.PHONY: clean-kits
