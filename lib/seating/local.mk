# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += \
	%D%/picture.c %D%/picture_int.h \
	%D%/pick.c %D%/pick_int.h
