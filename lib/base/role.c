/* SPDX-License-Identifier: Apache-2.0 */
/* role.c — the words of role.def, for lists of roles on screen. */
#include "base/unit.h"

const pn_words pn_role_words[] = {
#define ROLE(name, bit, text) {#name, text, 0},
#include "base/role.def"
#undef ROLE
    {0}};
