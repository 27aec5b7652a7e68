/* SPDX-License-Identifier: Apache-2.0 */
/* module.c — the list of modules, from modules.def. */
#include <string.h>

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

const pn_op *pn_op_find(const char *noun, const char *verb)
{
    for (const pn_module *const *m = modules; *m; m++)
        for (const pn_op *const *op = (*m)->ops; op && *op; op++)
            if (same((*op)->noun, noun) && same((*op)->verb, verb))
                return *op;
    return NULL;
}
