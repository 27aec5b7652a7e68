# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += \
	%D%/guard.c %D%/guard_int.h \
	%D%/staff.c \
	%D%/auth.c \
	%D%/totp.c \
	%D%/token.c \
	%D%/view.c \
	%D%/bulk.c %D%/bulk_int.h %D%/bulk_run.c \
	%D%/phone.c %D%/phone_int.h \
	%D%/buyer.c %D%/buyer_int.h %D%/buyer_code.c %D%/sso.c \
	%D%/address.c %D%/address_int.h

pninclude_HEADERS += %D%/staff.h %D%/auth.h %D%/totp.h %D%/token.h %D%/view.h \
	%D%/buyer.h %D%/address.h %D%/sso.h \
	%D%/bulk.h
