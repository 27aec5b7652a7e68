# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += %D%/groupbuy.c %D%/stack.c %D%/stack_int.h \
	%D%/seckill.c %D%/seckill_step.c %D%/seckill_int.h
pninclude_HEADERS += %D%/groupbuy.h %D%/seckill.h
