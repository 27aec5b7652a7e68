# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += %D%/groupbuy.c
pninclude_HEADERS += %D%/groupbuy.h
