# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += %D%/blocked_region.c %D%/blocked_region_int.h \
	%D%/deposit.c %D%/deposit_int.h %D%/deposit_release.c \
	%D%/forfeit.c %D%/follow.c %D%/follow_int.h %D%/follow_price.c \
	%D%/layers.c %D%/listing.c \
	%D%/listing_edit.c %D%/listing_import.c %D%/listing_int.h %D%/listing_make.c \
	%D%/listing_refresh.c %D%/listing_seat.c %D%/listing_step.c %D%/price.c %D%/price_int.h \
	%D%/rank.c %D%/rank_int.h %D%/restrict.c %D%/restrict_int.h %D%/stock.c
pninclude_HEADERS += %D%/blocked_region.h %D%/follow_price.h %D%/listing.h %D%/price.h %D%/stock.h
