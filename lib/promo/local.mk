# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += %D%/budget.c %D%/budget_draw.c %D%/budget_int.h \
	%D%/point.c %D%/point_move.c %D%/point_adjustment.c %D%/point_bonus.c %D%/point_int.h \
	%D%/coupon.c %D%/coupon_int.h %D%/groupbuy.c %D%/stack.c %D%/stack_int.h \
	%D%/seckill.c %D%/seckill_step.c %D%/seckill_rate.c %D%/seckill_int.h \
	%D%/gift_card.c %D%/gift_card_batch.c %D%/gift_card_use.c %D%/gift_card_int.h
pninclude_HEADERS += %D%/budget.h %D%/coupon.h %D%/point.h %D%/groupbuy.h \
	%D%/seckill.h %D%/gift_card.h
