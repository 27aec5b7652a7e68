# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += %D%/picture_int.h
