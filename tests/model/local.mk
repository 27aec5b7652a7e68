# SPDX-License-Identifier: Apache-2.0
# Random operations by many at once: a million with `make model`, slices in every check; and the
# same while clients and servers are killed. `./bootstrap check` does a hundred thousand of them.
check_PROGRAMS += %D%/model
%C%_model_SOURCES = %D%/model.c %D%/market.c %D%/ask.c %D%/act.c \
	%D%/act_kind.c %D%/market_kind.c %D%/prove.c %D%/fire.c \
	%D%/model_int.h %D%/ask_int.h %D%/act_int.h
%C%_model_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS) -I$(srcdir)/%D%
%C%_model_LDADD = tests/libtest.la -lpthread
MODEL += %D%/model %D%/under-fire
TESTS += %D%/model-slice %D%/crowd-slice %D%/fire-slice
EXTRA_DIST += %D%/model-slice %D%/crowd-slice %D%/fire-slice %D%/under-fire
