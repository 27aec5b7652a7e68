# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += %D%/merchant.c %D%/merchant_int.h %D%/qualification.c \
	%D%/qualification_scan.c %D%/licence_int.h %D%/standing.c \
	%D%/wallet.c %D%/wallet_int.h %D%/bank_card.c %D%/withdrawal.c %D%/withdrawal_int.h \
	%D%/withdrawal_pay.c %D%/settle_line.c %D%/settle_back.c %D%/settlement.c \
	%D%/settlement_int.h %D%/penalty.c %D%/penalty_facts.c %D%/penalty_int.h \
	%D%/force_majeure.c %D%/pockets.c %D%/pockets_int.h %D%/rebate.c %D%/rebate_int.h \
	%D%/organiser_fee.c %D%/fee_invoice.c %D%/fee_int.h \
	%D%/organiser.c %D%/guarantee.c %D%/guarantee_int.h %D%/supplier.c %D%/supplier_int.h
pninclude_HEADERS += %D%/merchant.h %D%/qualification.h %D%/wallet.h \
	%D%/bank_card.h %D%/withdrawal.h %D%/settlement.h %D%/penalty.h %D%/force_majeure.h \
	%D%/rebate.h %D%/organiser.h %D%/guarantee.h %D%/supplier.h %D%/organiser_fee.h \
	%D%/fee_invoice.h
