# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += \
	%D%/arena.c %D%/arena_int.h \
	%D%/err.c \
	%D%/conf.c %D%/conf_int.h %D%/home.c \
	%D%/crypt.c %D%/crypt_int.h \
	%D%/cluster.c %D%/cluster_int.h %D%/cluster_place.c %D%/cluster_run.c \
	%D%/str.c \
	%D%/col.c \
	%D%/value.c %D%/value_int.h %D%/print.c \
	%D%/json.c \
	%D%/unit.c %D%/unit_int.h \
	%D%/scan.c %D%/scan_int.h \
	%D%/pq.c %D%/pq_int.h %D%/pq.def \
	%D%/ssl.c %D%/ssl_int.h %D%/ssl.def \
	%D%/db.c %D%/db_int.h %D%/dsn.c %D%/together.c %D%/together_int.h \
	%D%/gather.c %D%/gather_int.h \
	%D%/sql.c %D%/sql_int.h %D%/sql_check_int.h \
	%D%/bind.c %D%/bind_int.h %D%/composite.c %D%/composite_int.h \
	%D%/id.c %D%/keep.c %D%/keep_int.h \
	%D%/call.c %D%/call_int.h %D%/many.c %D%/settle.c %D%/key.c %D%/role.c \
	%D%/list.c \
	%D%/where.c %D%/where_int.h \
	%D%/fsm.c \
	%D%/policy.c %D%/policy_int.h %D%/policy.def \
	%D%/audit.c %D%/alike.c %D%/audit_int.h %D%/seal.c \
	%D%/outbox.c %D%/outbox_retry.c %D%/bundle.c %D%/outbox_int.h \
	%D%/job.c %D%/job.h %D%/work.c \
	%D%/news.c %D%/news_int.h \
	%D%/migrate.c %D%/migrate.h \
	%D%/module.c \
	%D%/when.c %D%/when_int.h \
	%D%/csv.c %D%/csv_int.h \
	%D%/xlsx.c \
	%D%/map.c %D%/map_int.h \
	%D%/icu.c %D%/icu_int.h \
	%D%/fold.c %D%/search_int.h

pninclude_HEADERS += %D%/api.h %D%/err.h %D%/err.def %D%/conf.h %D%/cluster.h %D%/col.h \
	%D%/unit.h %D%/role.def %D%/op.h %D%/job.h %D%/news.h %D%/migrate.h %D%/policy.h \
	%D%/xlsx.h
