/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c — one table, several readers. */
#include "config.h"
#include "keys.h"
#include "width.h"

#include <base/unit.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct tui_key tui_keys[] = {
#define KEY(action, scope, keys, hint, help)                                                       \
    {DO_##action, SCOPE_##scope, keys, hint, help, #action, #scope},
#include "keys.def"
#undef KEY
    {0},
};

static const char *const titles[SCOPES] = {
    [SCOPE_ALL] = N_("On every screen"), [SCOPE_LIST] = N_("Lists"),
    [SCOPE_DETAIL] = N_("Details"),   [SCOPE_MENU] = N_("Menus"),
    [SCOPE_FORM] = N_("Forms"),       [SCOPE_COUNTER] = N_("Counter"),
    [SCOPE_GATE] = N_("Gate"),        [SCOPE_PLAN] = N_("Plan for marked rows"),
    [SCOPE_GRID] = N_("Typing over cells"), [SCOPE_MAP] = N_("Seat map"),
    [SCOPE_PALETTE] = N_("Finding anything"), [SCOPE_DISPLAY] = N_("The customer's screen"),
    [SCOPE_BOARD] = N_("The first screen"),
};

static const struct { const char *name; uint32_t code; } names[] = {
    {"Enter", TK_ENTER}, {"Tab", TK_TAB},     {"BackTab", TK_BACKTAB},
    {"Esc", TK_ESC},     {"Up", TK_UP},       {"Down", TK_DOWN},
    {"Left", TK_LEFT},   {"Right", TK_RIGHT}, {"Home", TK_HOME},
    {"End", TK_END},     {"PgUp", TK_PGUP},   {"PgDn", TK_PGDN},
    {"Space", ' '},      {"Delete", TK_DELETE}, {"Backspace", TK_BACKSPACE},
    {"Insert", TK_INSERT},
};

static char wrong[240];

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

/* ---- a person's own keys ---- */

static const char *complain(const char *fmt, ...) PN_PRINTF(1, 2);
static const char *complain(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(wrong, sizeof wrong, fmt, args);
    va_end(args);
    return wrong;
}

/* Does it reach us while an input method is on? */
static bool is_proof(const char *name, size_t len)
{
    uint32_t code = keys_code(name, len);
    return code && (code < ' ' || code >= TK_UP || (code >= '0' && code <= '9'));
}

/* What else listens to that key there: in the scope itself, or everywhere. */
static const struct tui_key *taken(const struct tui_key *mine, uint32_t code)
{
    for (const struct tui_key *k = tui_keys; k->keys; k++) {
        bool meets = k->scope == mine->scope || k->scope == SCOPE_ALL || mine->scope == SCOPE_ALL;
        if (k != mine && meets && k->action != mine->action && has(k->keys, code) &&
            !(k->scope != mine->scope && has(mine->keys, code)))
            return k;
    }
    return NULL;
}

static struct tui_key *find_line(const char *where, const char *name)
{
    for (struct tui_key *k = tui_keys; k->keys; k++)
        if (!strcasecmp(k->where, where) && !strcasecmp(k->name, name))
            return k;
    return NULL;
}

const char *keys_bind(const char *line)
{
    char where[24], name[24], keys[120];
    bool proof = false;
    if (sscanf(line, " %23[^ =] %23[^ =] = %119[^\n]", where, name, keys) != 3)
        return complain(pn_tr("“%.60s”: write SCOPE ACTION = KEYS"), line);
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : *c;
    struct tui_key *mine = find_line(where, name);
    if (!mine)
        return complain(pn_tr("there is no action %s in %s"), name, where);
    for (char *at = keys; *at; at += strspn(at, " ")) {
        size_t len = strcspn(at, " ");
        uint32_t code = keys_code(at, len);
        const struct tui_key *other = code ? taken(mine, code) : NULL;
        if (!code)
            return complain(pn_tr("%.*s is no key"), (int)len, at);
        if (other)
            return complain(pn_tr("%.*s is the key of %s in %s already"), (int)len, at,
                            other->name, other->where);
        proof |= is_proof(at, len);
        at += len;
    }
    if (!proof)
        return complain(pn_tr("%s needs a key that works under an input method, too"), name);
    char *copy = strdup(keys);
    mine->keys = copy ? copy : mine->keys;
    return NULL;
}
