/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c — one table, several readers. */
#include "config.h"
#include "keys.h"
#include "width.h"

#include <base/api.h>
#include <string.h>

const struct tui_key tui_keys[] = {
#define KEY(action, scope, keys, hint, help) {DO_##action, SCOPE_##scope, keys, hint, help},
#include "keys.def"
#undef KEY
    {0},
};

static const char *const titles[SCOPES] = {
    [SCOPE_ALL] = N_("Everywhere"),   [SCOPE_LIST] = N_("Lists"),
    [SCOPE_DETAIL] = N_("Details"),   [SCOPE_MENU] = N_("Menus"),
    [SCOPE_FORM] = N_("Forms"),       [SCOPE_COUNTER] = N_("Counter"),
    [SCOPE_GATE] = N_("Gate"),        [SCOPE_PLAN] = N_("Plan for marked rows"),
    [SCOPE_GRID] = N_("Typing over cells"), [SCOPE_MAP] = N_("Seat map"),
};

static const struct { const char *name; uint32_t code; } names[] = {
    {"Enter", TK_ENTER}, {"Tab", TK_TAB},     {"BackTab", TK_BACKTAB},
    {"Esc", TK_ESC},     {"Up", TK_UP},       {"Down", TK_DOWN},
    {"Left", TK_LEFT},   {"Right", TK_RIGHT}, {"Home", TK_HOME},
    {"End", TK_END},     {"PgUp", TK_PGUP},   {"PgDn", TK_PGDN},
    {"Space", ' '},      {"Delete", TK_DELETE}, {"Backspace", TK_BACKSPACE},
    {"Insert", TK_INSERT},
};

const char *keys_scope_title(tui_scope scope)
{
    return titles[scope];
}

uint32_t keys_code(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i].name) == len && !memcmp(names[i].name, name, len))
            return names[i].code;
    if (len == 3 && name[0] == 'C' && name[1] == '-')
        return (uint32_t)name[2] & 0x1f;
    if (len >= 2 && len <= 3 && name[0] == 'F' && name[1] >= '1' && name[1] <= '9') {
        uint32_t number = (uint32_t)(name[1] - '0');
        if (len == 3)
            number = number * 10 + (uint32_t)(name[2] - '0');
        return number <= 12 ? TK_F1 + number - 1 : 0;
    }
    return len == 1 ? (unsigned char)name[0] : 0;
}

static bool has(const char *keys, uint32_t key)
{
    while (*keys) {
        size_t len = strcspn(keys, " ");
        if (keys_code(keys, len) == key)
            return true;
        keys += len;
        keys += strspn(keys, " ");
    }
    return false;
}

static tui_action find(tui_scope scope, uint32_t key)
{
    for (const struct tui_key *k = tui_keys; k->keys; k++)
        if (k->scope == scope && has(k->keys, key))
            return k->action;
    return DO_NOTHING;
}

tui_action keys_action(tui_scope scope, uint32_t key, bool typing)
{
    uint32_t folded = tui_fold(key);
    if (typing && folded >= ' ' && folded < TK_UP)
        return DO_NOTHING;
    if (typing && (folded == TK_BACKSPACE || folded == TK_HOME || folded == TK_END))
        return DO_NOTHING;
    tui_action action = find(scope, folded);
    return action || scope == SCOPE_ALL ? action : find(SCOPE_ALL, folded);
}
