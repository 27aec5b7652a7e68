# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/user
TESTS += %D%/user
%C%_user_SOURCES = %D%/user.c %D%/user_int.h %D%/staff.c %D%/auth.c %D%/token.c \
	%D%/view.c %D%/totp.c %D%/crypt.c %D%/buyer.c %D%/address.c \
	%D%/bulk.c
%C%_user_CFLAGS = $(BASE_CFLAGS)
%C%_user_LDADD = tests/libtest.la -lpthread
