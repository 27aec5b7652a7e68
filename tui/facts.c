/* SPDX-License-Identifier: Apache-2.0 */
/* facts.c — lines are indented by what they belong to; JSON has names where lines have labels, and
 * the text a program reads ("1280.00") where lines have the text people read ("¥1,280.00"). */
#include "config.h"
#include "facts.h"
#include "width.h"

#include <string.h>

void facts_quote(FILE *out, const char *text)
{
    size_t left = strlen(text);
    putc('"', out);
    while (left) {
        uint32_t cp;
        char bytes[4];
        size_t used = tui_decode(text, left, &cp);
        text += used;
        left -= used;
        if (cp == '"' || cp == '\\')
            fprintf(out, "\\%c", (int)cp);
        else if (cp < ' ' || cp == 0x7f)
            fprintf(out, "\\u%04x", (unsigned)cp);
        else
            fwrite(bytes, 1, tui_encode(cp, bytes), out);
    }
    putc('"', out);
}

/* A line for people: nothing in it moves the cursor or hides what follows. */
static void line(FILE *out, const char *text)
{
    size_t left = strlen(text);
    while (left) {
        uint32_t cp;
        char bytes[4];
        size_t used = tui_decode(text, left, &cp);
        if (cp == '\n')
            putc(' ', out);
        else if (tui_width(cp) >= 0)
            fwrite(bytes, 1, tui_encode(cp, bytes), out);
        text += used;
        left -= used;
    }
}

static void indent(const struct tui_facts *f)
{
    for (int i = 0; i < f->depth; i++)
        fputs(f->json ? " " : "  ", f->out);
}

/* Before the next member or item. */
static void next(struct tui_facts *f, int *count)
{
    fputs((*count)++ ? ",\n" : "\n", f->out);
    indent(f);
}

void facts_begin(struct tui_facts *f, FILE *out, bool json)
{
    *f = (struct tui_facts){.out = out, .json = json};
    if (json)
        putc('{', out);
}

void facts_end(struct tui_facts *f)
{
    if (f->json)
        fputs("\n}\n", f->out);
}

void facts_say(struct tui_facts *f, const char *name, const char *label, const char *plain,
               const char *show)
{
    if (!f->json) {
        if (!show)
            return;
        indent(f);
        fprintf(f->out, "%s: ", label);
        line(f->out, show);
        putc('\n', f->out);
        return;
    }
    next(f, &f->level[f->depth].facts);
    facts_quote(f->out, name);
    putc(':', f->out);
    if (plain)
        facts_quote(f->out, plain);
    else
        fputs("null", f->out);
}

void facts_some(struct tui_facts *f, const char *name, const char *label, const char *text)
{
    if (*text)
        facts_say(f, name, label, text, text);
}

void facts_number(struct tui_facts *f, const char *name, const char *label, long long n)
{
    char text[24];
    snprintf(text, sizeof text, "%lld", n);
    facts_say(f, name, label, text, text);
}

void facts_open(struct tui_facts *f, const char *name, const char *label)
{
    if (f->json) {
        next(f, &f->level[f->depth].facts);
        facts_quote(f->out, name);
        fputs(":[", f->out);
    }
    f->level[f->depth].label = label;
    f->level[f->depth].items = 0;
}

void facts_item(struct tui_facts *f)
{
    int *items = &f->level[f->depth].items;
    if (f->json) {
        next(f, items);
        putc('{', f->out);
    } else {
        indent(f);
        fprintf(f->out, "%s%s%d\n", f->level[f->depth].label, *f->level[f->depth].label ? " " : "",
                *items + 1);
        ++*items;
    }
    f->level[++f->depth].facts = 0;
}

void facts_done(struct tui_facts *f)
{
    f->depth--;
    if (f->json)
        putc('}', f->out);
}

void facts_close(struct tui_facts *f)
{
    if (f->json)
        putc(']', f->out);
}

void facts_value(struct tui_facts *f, const struct tui_table *t, int row, int c)
{
    const struct tui_value *v = table_at(t, row, c);
    const pn_col *col = &t->type->cols[c];
    const struct tui_table *sub = t->sub ? t->sub[row * t->cols + c] : NULL;
    if (col->kind != PN_K_ROWS) {
        facts_say(f, col->name, pn_tr(col->label), v->absent ? NULL : v->plain,
                  v->absent ? NULL : v->show);
        return;
    }
    facts_open(f, col->name, pn_tr(col->label));
    for (int r = 0; sub && r < sub->rows && f->depth < FACTS_DEEP - 1; r++) {
        facts_item(f);
        facts_row(f, sub, r, false);
        facts_done(f);
    }
    facts_close(f);
}

void facts_row(struct tui_facts *f, const struct tui_table *t, int row, bool brief)
{
    bool any = false; /* a list that marks none shows all of them */
    for (int c = 0; c < t->cols; c++)
        any |= (t->type->cols[c].flags & PN_BRIEF) != 0;
    for (int c = 0; c < t->cols; c++)
        if (!brief || !any || t->type->cols[c].flags & (PN_BRIEF | PN_KEY))
            facts_value(f, t, row, c);
}
