# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += \
	%D%/account.c %D%/statement.c %D%/channel_int.h \
	%D%/channel.c %D%/channel_transfer.c %D%/channel_rebate.c \
	%D%/agency.c
pninclude_HEADERS += %D%/channel.h %D%/channel_transfer.h %D%/agency.h \
	%D%/channel_rebate.h
