/* SPDX-License-Identifier: Apache-2.0 */
/* module.c — the list of modules, from modules.def. */
#include <stdio.h>
#include <string.h>

#include "base/job.h"
#include "base/sql_int.h"

#define MODULE(name) extern const pn_module pn_##name##_module;
#include "modules.def"
#undef MODULE

static const pn_module *const modules[] = {
#define MODULE(name) &pn_##name##_module,
#include "modules.def"
#undef MODULE
    NULL};

const pn_module *const *pn_modules(void)
{
    return modules;
}

/* People who type flags with dashes type nouns and verbs so, too. */
static bool same(const char *word, const char *typed)
{
    while (*word && (*word == *typed || (*word == '_' && *typed == '-')))
        word++, typed++;
    return !*word && !*typed;
}

const pn_module *pn_module_find(const char *noun)
{
    for (const pn_module *const *m = modules; *m; m++)
        if (same((*m)->noun, noun))
            return *m;
    return NULL;
}

const char *pni_noun_word(const char *noun)
{
    const char *word = pn_tr(noun);
    const pn_module *m = pn_module_find(noun);
    if (word != noun || !m)
        return word;
    const char *title = pn_tr(m->title);
    return title == m->title ? noun : title; /* English: the title is a plural */
}

static const char *job_title(const char *name)
{
    size_t n;
    const pn_job_info *jobs = pn_jobs(&n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(jobs[i].name, name))
            return jobs[i].brief;
    return NULL;
}

/* What the supervisor does by itself is no operation, and stands in the audit trail like one. */
static const char *relay_title(const char *name)
{
    return same(name, "outbox.relay")       ? N_("Hand an event to those it concerns")
           : same(name, "outbox.relay_all") ? N_("Hand events of one kind to those they concern")
                                            : NULL;
}

const char *pni_title_of(const char *name)
{
    char noun[64];
    const char *dot = strchr(name, '.');
    snprintf(noun, sizeof noun, "%.*s", (int)strcspn(name, "."), name);
    const pn_op *op = dot ? pn_op_find(noun, dot + 1) : NULL;
    const pn_module *m = dot ? NULL : pn_module_find(name);
    const char *text = op ? op->brief : m ? m->title : dot ? relay_title(name) : job_title(name);
    const char *title = text ? pn_tr(text) : name;
    return title == text ? name : title; /* English */
}

bool pn_op_fits(const pn_op *op, const pn_words *words, const char *state)
{
    const pn_module *m = pn_module_find(op->noun);
    bool known = false;
    for (const pn_fsm *const *f = m ? m->fsm : NULL; f && *f; f++)
        for (const pn_edge *e = (*f)->edges; (*f)->words == words && e->from; e++) {
            if (!same(e->event, op->verb))
                continue;
            if (same(e->from, state))
                return true;
            known = true;
        }
    return !known;
}

const pn_op *pn_op_find(const char *noun, const char *verb)
{
    for (const pn_module *const *m = modules; *m; m++)
        for (const pn_op *const *op = (*m)->ops; op && *op; op++)
            if (same((*op)->noun, noun) && same((*op)->verb, verb))
                return *op;
    return NULL;
}
