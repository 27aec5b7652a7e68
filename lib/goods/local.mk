# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += %D%/restrict.c %D%/restrict_int.h %D%/stock.c
pninclude_HEADERS += %D%/stock.h
