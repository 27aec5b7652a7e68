/* SPDX-License-Identifier: Apache-2.0 */
/* step_make.c — steps that make a value of nothing: the time, a number or a word that was not there
 * before. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "link/engine_int.h"

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

int pni_step_time(pni_scope *s, const pni_tree *step)
{
    bool utc = !strcmp(pni_tree_text(step, "zone", "+08:00"), "utc");
    const char *ref = pn_printf(s->p, "time.%s%s", pni_tree_text(step, "as", ""),
                                utc ? ".utc" : "");
    pni_span v;
    if (!ref)
        return none(s->p);
    PN_TRY(pni_ref(s, ref, &v));
    return pni_step_give(s, v);
}

/* As many letters as the vendor takes. */
int pni_step_nonce(pni_scope *s, const pni_tree *step)
{
    size_t n = strlen(s->nonce), most = (size_t)pni_tree_int(step, "length", (int64_t)n);
    pni_span v;
    PN_TRY(pni_span_copy(s->p, s->nonce, most < n ? most : n, &v));
    return pni_step_give(s, v);
}

int pni_step_uuid(pni_scope *s, const pni_tree *step)
{
    pni_span v;
    (void)step;
    PN_TRY(pni_ref(s, "uuid", &v));
    return pni_step_give(s, v);
}

/* Larger than every one before: the clock's microseconds, or one more than the last. */
int pni_seq(pni_scope *s, pni_span *out)
{
    static _Atomic int64_t last;
    int64_t before = last, mine;
    char text[24];
    do
        mine = s->given || before < s->now.us ? s->now.us : before + 1;
    while (!s->given && !atomic_compare_exchange_weak(&last, &before, mine));
    snprintf(text, sizeof text, "%lld", (long long)mine);
    return pni_span_copy(s->p, text, strlen(text), out);
}

int pni_step_seq(pni_scope *s, const pni_tree *step)
{
    pni_span v;
    (void)step;
    PN_TRY(pni_seq(s, &v));
    return pni_step_give(s, v);
}
