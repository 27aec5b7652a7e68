/* SPDX-License-Identifier: Apache-2.0 */
/* module.c — the list of modules, from modules.def. */
#include <string.h>

#include "base/op.h"

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

const pn_module *pn_module_find(const char *noun)
{
    for (const pn_module *const *m = modules; *m; m++)
        if (!strcmp((*m)->noun, noun))
            return *m;
    return NULL;
}

const pn_op *pn_op_find(const char *noun, const char *verb)
{
    for (const pn_module *const *m = modules; *m; m++)
        for (const pn_op *const *op = (*m)->ops; op && *op; op++)
            if (!strcmp((*op)->noun, noun) && !strcmp((*op)->verb, verb))
                return *op;
    return NULL;
}
