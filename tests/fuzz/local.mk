# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += %D%/slice
TESTS += %D%/slice
%C%_slice_SOURCES = %D%/slice.c %D%/target.c %D%/target.h
%C%_slice_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS)
%C%_slice_LDADD = tests/libtest.la

# `make fuzz SECONDS=600`: clang's fuzzer over the same targets, in a tree of its own that is built
# for it; finds and the growing corpus stay in that tree.
SECONDS = 60
EXTRA_PROGRAMS += %D%/libfuzzer
%C%_libfuzzer_SOURCES = %D%/libfuzzer.c %D%/target.c %D%/target.h
%C%_libfuzzer_CFLAGS = $(AM_CFLAGS) $(LIBDEPS_CFLAGS)
%C%_libfuzzer_LDFLAGS = -fsanitize=fuzzer
%C%_libfuzzer_LDADD = $(lib_libpiaoniu_la_OBJECTS) $(lib_libpiaoniu_la_LIBADD)
fuzz:
	$(call sub_configure,fuzz,CC=clang --enable-asan \
	  CFLAGS='-g -O1 -fsanitize=fuzzer-no-link')
	cd fuzz && $(MAKE) tests/fuzz/libfuzzer && mkdir -p corpus && \
	  ASAN_OPTIONS=detect_leaks=0 tests/fuzz/libfuzzer corpus -max_total_time=$(SECONDS) \
	  -max_len=2000 -timeout=10 -print_final_stats=1
