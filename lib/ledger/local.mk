# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += %D%/kind.def %D%/rule.def %D%/account.def \
	%D%/ledger_int.h %D%/balance.c \
	%D%/transfer.c %D%/transfer_int.h %D%/transfer_rows.c %D%/post.c \
	%D%/ledger.c %D%/entry.c %D%/trial.c %D%/closing.c %D%/closing_int.h %D%/adjustment.c
pninclude_HEADERS += %D%/ledger.h %D%/closing.h %D%/adjustment.h
