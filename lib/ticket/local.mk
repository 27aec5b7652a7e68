# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += \
	%D%/code.c \
	%D%/layout.c \
	%D%/code128.c \
	%D%/pen.c %D%/pen_int.h %D%/pen.def \
	%D%/draw.c %D%/draw_int.h \
	%D%/render.c \
	%D%/escpos.c \
	%D%/transport.c \
	%D%/vprinter.c \
	%D%/vserver.c

pninclude_HEADERS += %D%/code.h %D%/layout.h %D%/render.h %D%/escpos.h %D%/vprinter.h
