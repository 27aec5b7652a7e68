# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += \
	%D%/hook.c %D%/hook_int.h \
	%D%/share.c \
	%D%/person.c \
	%D%/pii.c \
	%D%/flow.c %D%/order_int.h \
	%D%/sale.c %D%/sale_int.h \
	%D%/lot.c %D%/lock.c \
	%D%/numbered.c \
	%D%/identity.c \
	%D%/choose.c %D%/suggest.c \
	%D%/points.c %D%/points_int.h %D%/offer.c %D%/purse.c %D%/purse_int.h \
	%D%/place.c %D%/known.c \
	%D%/send.c %D%/send_int.h \
	%D%/submit.c %D%/onsale.c \
	%D%/reserve.c %D%/reserve_int.h \
	%D%/prepaid.c %D%/prepaid_int.h \
	%D%/dist.c %D%/dist_lock.c %D%/dist_int.h \
	%D%/rush.c \
	%D%/intake.c %D%/intake_int.h %D%/intake_file.c %D%/intake_accept.c \
	%D%/hold.c %D%/reseat.c %D%/redirect.c %D%/forget.c \
	%D%/group.c %D%/group_int.h \
	%D%/group_form.c \
	%D%/grab.c %D%/grab_int.h \
	%D%/grab_help.c %D%/grab_own.c \
	%D%/grab_match.c %D%/grab_wake.c %D%/grab_auth.c \
	%D%/offline.c %D%/offline_debt.c \
	%D%/detail.c \
	%D%/next.c \
	%D%/order.c \
	%D%/mine.c %D%/mine_int.h \
	%D%/payment.c %D%/payment_int.h \
	%D%/book.c %D%/book_int.h %D%/earned.c \
	%D%/notify.c \
	%D%/late.c %D%/late_int.h \
	%D%/poll.c \
	%D%/method.c %D%/provider_int.h \
	%D%/front.c %D%/bar.c \
	%D%/agreement.c %D%/agreement_int.h %D%/agreement_ask.c \
	%D%/provider.c \
	%D%/provider_notice.c %D%/exchanges.c \
	%D%/simulated.c \
	%D%/tender.c %D%/tender_int.h %D%/tender_take.c \
	%D%/card_pay.c %D%/provider_freeze.c \
	%D%/shift.c %D%/shift_watch.c %D%/shift_int.h %D%/till.c %D%/counter_pay.c %D%/proxy_pay.c \
	%D%/direct.c %D%/direct_int.h \
	%D%/pay_rule.c %D%/pay_rule_int.h \
	%D%/credit.c %D%/later.c %D%/later_int.h %D%/later_pay.c \
	%D%/later_due.c \
	%D%/recharge.c %D%/recharge_int.h %D%/recharge_pay.c \
	%D%/refund_offer.c %D%/refund_int.h %D%/refund_rule.c \
	%D%/refund.c \
	%D%/refund_pay.c %D%/refund_show.c \
	%D%/refund_leg.c %D%/refund_cash.c %D%/twice.c %D%/refund_ask.c \
	%D%/compensation.c \
	%D%/bill.c %D%/bill_int.h %D%/bill_load.c %D%/fund.c %D%/slip.c %D%/bill_fetch.c \
	%D%/recon.c %D%/recon_diff.c \
	%D%/notice_text.c %D%/notice_int.h \
	%D%/notice_event.c \
	%D%/notice_kind.c \
	%D%/notice.c

pninclude_HEADERS += %D%/order.h %D%/onsale.h %D%/offline.h %D%/group.h %D%/grab.h \
	%D%/payment.h %D%/refund.h %D%/refund_rule.h %D%/recharge.h %D%/bill.h %D%/recon_diff.h \
	%D%/provider_notice.h \
	%D%/notice.h %D%/dist.h %D%/rush.h %D%/intake.h \
	%D%/direct.h %D%/pay_rule.h %D%/credit.h %D%/shift.h %D%/compensation.h %D%/offline_debt.h \
	%D%/till.h %D%/agreement.h %D%/slip.h
