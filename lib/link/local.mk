# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += \
	%D%/link_int.h %D%/engine_int.h %D%/key_int.h \
	%D%/tree.c \
	%D%/spec.c \
	%D%/load.c \
	%D%/doc.c \
	%D%/xml.c \
	%D%/template.c \
	%D%/splice.c \
	%D%/bearer.c \
	%D%/paging.c \
	%D%/step_make.c \
	%D%/message.c \
	%D%/scope.c \
	%D%/expand.c \
	%D%/step.c \
	%D%/encode.c \
	%D%/step_crypto.c \
	%D%/vendor_key.c \
	%D%/known_key.c \
	%D%/ring.c \
	%D%/throttle.c \
	%D%/wire.c \
	%D%/request.c \
	%D%/answer.c \
	%D%/exchange.c \
	%D%/hear.c \
	%D%/record.c \
	%D%/golden.c \
	%D%/unpack.c %D%/unpack_int.h \
	%D%/bill_file.c %D%/bill_file_int.h \
	%D%/bill_list.c \
	%D%/download.c \
	%D%/link.c

pninclude_HEADERS += %D%/link.h
