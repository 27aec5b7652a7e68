# SPDX-License-Identifier: Apache-2.0
lib_libpiaoniu_la_SOURCES += \
	%D%/row.c %D%/row_int.h %D%/free_int.h %D%/index_int.h %D%/may_int.h \
	%D%/import.c %D%/import_yaml.c %D%/import_int.h \
	%D%/city.c \
	%D%/venue.c \
	%D%/hall.c %D%/quota.c %D%/quota_int.h \
	%D%/show.c %D%/show_int.h \
	%D%/revision.c %D%/revision_int.h \
	%D%/session.c %D%/course.c %D%/session_int.h \
	%D%/tier.c %D%/tier_import.c %D%/tier_int.h \
	%D%/search.c

pninclude_HEADERS += %D%/import.h %D%/city.h %D%/venue.h %D%/hall.h %D%/show.h %D%/revision.h \
	%D%/session.h %D%/tier.h %D%/search.h
