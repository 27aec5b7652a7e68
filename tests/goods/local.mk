# SPDX-License-Identifier: Apache-2.0
GOODS_TESTS = %D%/restrict %D%/price %D%/listing %D%/deposit %D%/offers \
	%D%/follow_price %D%/claimed
check_PROGRAMS += $(GOODS_TESTS)
TESTS += $(GOODS_TESTS)
GOODS_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) $(CHECK_CFLAGS) -I$(srcdir)/tests -I$(srcdir)/%D%
GOODS_MARKET = %D%/market.c %D%/market_int.h tests/catalog/season.c tests/catalog/season_int.h
%C%_restrict_SOURCES = %D%/restrict.c
%C%_restrict_CFLAGS = $(GOODS_CFLAGS)
%C%_restrict_LDADD = tests/libtest.la
%C%_price_SOURCES = %D%/price.c $(GOODS_MARKET)
%C%_price_CFLAGS = $(GOODS_CFLAGS)
%C%_price_LDADD = tests/libtest.la
%C%_listing_SOURCES = %D%/listing.c $(GOODS_MARKET)
%C%_listing_CFLAGS = $(GOODS_CFLAGS)
%C%_listing_LDADD = tests/libtest.la
%C%_deposit_SOURCES = %D%/deposit.c $(GOODS_MARKET)
%C%_deposit_CFLAGS = $(GOODS_CFLAGS)
%C%_deposit_LDADD = tests/libtest.la -lpthread
%C%_offers_SOURCES = %D%/offers.c $(GOODS_MARKET)
%C%_offers_CFLAGS = $(GOODS_CFLAGS)
%C%_offers_LDADD = tests/libtest.la
%C%_follow_price_SOURCES = %D%/follow_price.c $(GOODS_MARKET)
%C%_follow_price_CFLAGS = $(GOODS_CFLAGS)
%C%_follow_price_LDADD = tests/libtest.la
%C%_claimed_SOURCES = %D%/claimed.c $(GOODS_MARKET)
%C%_claimed_CFLAGS = $(GOODS_CFLAGS)
%C%_claimed_LDADD = tests/libtest.la -lpthread
