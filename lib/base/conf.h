/* SPDX-License-Identifier: Apache-2.0 */
/* conf.h — what piaoniu.yaml may hold. Values are read with pn_conf() and pn_conf_int() of unit.h;
 * this table is what the manual, the sample file and completion are made from. */
#ifndef PN_CONF_H
#define PN_CONF_H

#include "api.h"

PN_BEGIN

typedef enum pn_conf_kind {
    PN_CONF_TEXT = 1,
    PN_CONF_PATH, /* relative ones count from the file's folder; "~/" is the home folder */
    PN_CONF_INT,
    PN_CONF_BOOL, /* read as 0 or 1 */
    PN_CONF_WORD, /* one of `words` */
} pn_conf_kind;

typedef struct pn_conf_key {
    const char *name; /* "http.port": nested mappings joined by dots */
    pn_conf_kind kind;
    const char *standard; /* value when the file does not say; "" = none */
    const char *help;     /* msgid: one sentence */
    int64_t min, max;     /* PN_CONF_INT */
    const char *words;    /* PN_CONF_WORD: "error warn info debug" */
} pn_conf_key;

/** Every key, ended by a row without name. */
const pn_conf_key *pn_conf_keys(void);
/** The folder of schema, notices, faces and pages: PN_DATADIR, else where it was installed,
 *  else the tree of a program that is not. */
const char *pn_data_dir(void);
/** Tell gettext where the translations are: PN_LOCALEDIR, else where they were installed. Call it
 *  once after setlocale(). */
void pn_speak(void);
/** A program that holds keys leaves no memory behind when it dies: no core file, neither of it nor
 *  of what it starts. Call it first. */
void pn_no_core(void);

PN_END
#endif
