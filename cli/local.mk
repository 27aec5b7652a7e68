# SPDX-License-Identifier: Apache-2.0
bin_PROGRAMS += %D%/pn
%C%_pn_SOURCES = \
	%D%/cli.h \
	%D%/main.c \
	%D%/opts.c \
	%D%/args.c \
	%D%/bind.c \
	%D%/run.c \
	%D%/progress.c \
	%D%/token.c \
	%D%/out.c \
	%D%/table.c \
	%D%/width.c \
	%D%/csv.c \
	%D%/xlsx.c \
	%D%/json.c \
	%D%/help.c \
	%D%/search.c \
	%D%/complete.c \
	%D%/manual.c \
	%D%/batch.c \
	%D%/commands.c \
	%D%/cmd_login.c \
	%D%/cmd_cluster.c \
	%D%/cmd_db.c \
	%D%/cmd_printer.c \
	%D%/demo.h \
	%D%/cmd_demo.c \
	%D%/cmd_demo_sales.c \
	%D%/cmd_demo_start.c
%C%_pn_CFLAGS = $(AM_CFLAGS)
%C%_pn_LDADD = lib/libpiaoniu.la
