/* SPDX-License-Identifier: Apache-2.0 */
/* ICU transliteration, loaded on first use. Building a transliterator costs more than all uses of
 * it by one command, so the process keeps them; they are not thread safe, hence the lock. */
#include "icu_int.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>
#include <unicode/uvernum.h>

/* The headers rename every function to carry the version: utrans_openU → utrans_openU_72. */
#define NAME_OF(symbol) #symbol
#define NAME(symbol) NAME_OF(symbol)

enum { GROWTH = 12, SLACK = 64 }; /* one Chinese character becomes at most "zhuang " and accents */

static const char *const rules[PNI_ICU_RULES] = {
    [PNI_ICU_FOLD] = "Fullwidth-Halfwidth; Traditional-Simplified; Lower",
    [PNI_ICU_PINYIN] = "Han-Latin; Latin-ASCII; Lower",
};

static struct {
    pthread_mutex_t lock;
    bool tried, ready;
    __typeof__(&utrans_openU) open;
    __typeof__(&utrans_transUChars) trans;
    __typeof__(&u_strFromUTF8) from_utf8;
    __typeof__(&u_strToUTF8) to_utf8;
    UTransliterator *by_rule[PNI_ICU_RULES];
} icu = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool load(void)
{
    if (icu.tried)
        return icu.ready;
    icu.tried = true;
    void *uc = dlopen("libicuuc.so." U_ICU_VERSION_SHORT, RTLD_NOW | RTLD_LOCAL);
    void *i18n = dlopen("libicui18n.so." U_ICU_VERSION_SHORT, RTLD_NOW | RTLD_LOCAL);
    if (!uc || !i18n)
        return false;
    icu.open = (__typeof__(icu.open))dlsym(i18n, NAME(utrans_openU));
    icu.trans = (__typeof__(icu.trans))dlsym(i18n, NAME(utrans_transUChars));
    icu.from_utf8 = (__typeof__(icu.from_utf8))dlsym(uc, NAME(u_strFromUTF8));
    icu.to_utf8 = (__typeof__(icu.to_utf8))dlsym(uc, NAME(u_strToUTF8));
    icu.ready = icu.open && icu.trans && icu.from_utf8 && icu.to_utf8;
    return icu.ready;
}

static UTransliterator *rule_open(pni_icu_rule rule)
{
    if (icu.by_rule[rule])
        return icu.by_rule[rule];
    UErrorCode status = U_ZERO_ERROR;
    UChar id[96];
    size_t n = strlen(rules[rule]);
    for (size_t i = 0; i <= n; i++)
        id[i] = (UChar)(unsigned char)rules[rule][i];
    icu.by_rule[rule] = icu.open(id, (int32_t)n, UTRANS_FORWARD, NULL, 0, NULL, &status);
    return icu.by_rule[rule];
}

static int run(pn *p, pni_icu_rule rule, const char *text, const char **out)
{
    if (!load() || !rule_open(rule))
        return pn_fail(p, PN_EINTERNAL, NULL,
                       pn_tr("The Unicode library (ICU %s) cannot be loaded"),
                       U_ICU_VERSION_SHORT);
    size_t bytes = strlen(text), cap = bytes * GROWTH + SLACK;
    UChar *wide = pn_alloc(p, cap * sizeof *wide);
    char *narrow = pn_alloc(p, cap * 3);
    if (!wide || !narrow)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    UErrorCode status = U_ZERO_ERROR;
    int32_t len = 0, limit;
    icu.from_utf8(wide, (int32_t)cap, &len, text, (int32_t)bytes, &status);
    if (U_FAILURE(status))
        return pn_fail(p, PN_EARG, NULL, pn_tr("The text is not valid UTF-8"));
    limit = len;
    icu.trans(icu.by_rule[rule], wide, &len, (int32_t)cap, 0, &limit, &status);
    icu.to_utf8(narrow, (int32_t)(cap * 3), NULL, wide, len, &status);
    if (U_FAILURE(status))
        return pn_fail(p, PN_EINTERNAL, NULL, pn_tr("The text cannot be transliterated"));
    *out = narrow;
    return 0;
}

int pni_icu(pn *p, pni_icu_rule rule, const char *text, const char **out)
{
    pthread_mutex_lock(&icu.lock);
    int rc = run(p, rule, text, out);
    pthread_mutex_unlock(&icu.lock);
    return rc;
}
