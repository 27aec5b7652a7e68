# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += \
	%D%/code.c \
	%D%/layout.c \
	%D%/code128.c \
	%D%/pen.c %D%/pen_int.h %D%/pen.def \
	%D%/qr.c \
	%D%/draw.c %D%/draw_int.h \
	%D%/render.c \
	%D%/escpos.c \
	%D%/transport.c \
	%D%/vprinter.c \
	%D%/vserver.c \
	%D%/signkey.c \
	%D%/issue.c %D%/ticket_int.h \
	%D%/regate.c \
	%D%/ticket.c \
	%D%/facts.c %D%/facts_int.h \
	%D%/face.c %D%/face_int.h \
	%D%/printer.c %D%/printer_int.h \
	%D%/roll.c \
	%D%/printjob.c %D%/printjob_int.h \
	%D%/printing.c \
	%D%/device.c \
	%D%/gate.c %D%/gate_int.h \
	%D%/decide.c \
	%D%/admit.c \
	%D%/scanlog.c \
	%D%/pretix.c %D%/pretix_read.c %D%/pretix_int.h

pninclude_HEADERS += %D%/code.h %D%/qr.h %D%/layout.h %D%/render.h %D%/escpos.h %D%/vprinter.h \
	%D%/signkey.h %D%/ticket.h %D%/face.h %D%/printer.h %D%/gate.h %D%/pretix.h
