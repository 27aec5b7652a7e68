# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += %D%/merchant.c %D%/merchant_int.h %D%/qualification.c %D%/standing.c
pninclude_HEADERS += %D%/merchant.h %D%/qualification.h
