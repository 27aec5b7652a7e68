/* SPDX-License-Identifier: Apache-2.0 */
#include "ask.h"

#include <string.h>

#define p rig_p

pni_answer call(pni_link *l, const char *name, pni_pairs in)
{
    pni_answer a = {0};
    ok(pni_link_call(p, l, name, &in, &a));
    return a;
}

void is(const pni_answer *a, int outcome)
{
    ck_assert_msg(a->outcome == outcome, "expected %s, got %s: %s %s\n%s",
                  pn_word_name(pni_outcomes, (pn_word){(int16_t)outcome}),
                  pn_word_name(pni_outcomes, (pn_word){(int16_t)a->outcome}), a->code, a->message,
                  a->exchange);
}

void says(const pni_answer *a, const char *name, const char *value)
{
    const char *got = pni_answer_get(a, name);
    ck_assert_msg(got && !strcmp(got, value), "%s is %s, not %s", name, got ? got : "(absent)",
                  value);
}
