/* SPDX-License-Identifier: Apache-2.0 */
/* export.c — a list into a file, as it is filtered and sorted, page by page while the screen lives:
 * how far it is, Esc stops it and leaves no half file. Also one row into the clipboard of the
 * terminal. */
#include "config.h"
#include "list.h"
#include "sheet.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 1000, CLIP_MOST = 48000, BUSINESS_ZONE_S = 8 * 3600 };

struct export {
    struct tui_view view;
    const pn_op *op;
    char where[600], q[256], sort[256], columns[256], path[600];
    struct sheet *sheet;
    sheet_kind kind;
    int64_t rows, all; /* all: -1 until it is counted */
    bool done, failed;
};

static const struct { const char *name, *ending; } kinds[] = {
    [SHEET_CSV] = {"CSV", "csv"}, [SHEET_JSON] = {"JSON", "json"}, [SHEET_XLSX] = {"XLSX", "xlsx"}};

/* ---- the work ---- */

static void ask(struct export *e, const char *after, bool count)
{
    struct tui_job *job = job_new(e->op, e->view.id, count);
    job_set(job, "where", *e->where ? e->where : NULL);
    job_set(job, "q", *e->q ? e->q : NULL);
    if (job && count) {
        job->count = "";
    } else {
        job_set(job, "sort", *e->sort ? e->sort : NULL);
        job_set(job, "after", after);
        job_setf(job, "limit", "%d", PAGE);
    }
    app_ask(&e->view, job);
}

static void finish(struct export *e, bool whole, const char *why)
{
    struct tui_app *app = e->view.app;
    int rc = e->sheet ? sheet_close(e->sheet, whole) : -1;
    e->sheet = NULL;
    e->done = true;
    e->failed = rc || !whole;
    if (whole && rc)
        app_say(app, LOOK_BAD, "! %s: %s", e->path, strerror(errno));
    else if (why)
        app_say(app, LOOK_BAD, "! %s", why);
    else if (whole)
        app_say(app, LOOK_GOOD, pn_tr("Written: %s"), e->path);
}

static void load(struct tui_view *view)
{
    struct export *e = (struct export *)view;
    if (view->pending || e->done || e->rows)
        return;
    ask(e, NULL, true);
    ask(e, NULL, false);
}

static void done(struct tui_view *view, struct tui_job *job)
{
    struct export *e = (struct export *)view;
    const struct tui_table *t = job->table;
    if (job->count && t)
        e->all = strtoll(table_plain(t, 0, "rows"), NULL, 10);
    if (e->done)
        return;
    if (job->code || !t) {
        finish(e, false, job->message ? job->message : pn_code_text(job->code));
        return;
    }
    if (job->count) {
        if (e->kind == SHEET_XLSX && e->all > SHEET_XLSX_ROWS)
            finish(e, false, pn_tr("A spreadsheet has no more than 1,048,576 rows"));
        return;
    }
    for (int r = 0; r < t->rows; r++)
        sheet_row(e->sheet, t, r);
    e->rows += t->rows;
    if (t->next)
        ask(e, t->next, false);
    else
        finish(e, true, NULL);
}

static const char *phase(const struct export *e)
{
    return !e->done    ? pn_tr("Writing: Esc stops it and leaves nothing")
           : e->failed ? pn_tr("Stopped: there is no file")
                       : pn_tr("Finished");
}

static void draw(struct tui_view *view, struct tui_canvas *canvas, int top, int rows)
{
    struct export *e = (struct export *)view;
    char bar[41];
    (void)rows;
    row_put(canvas, top + 1, 2, canvas->cols - 4, e->path, LOOK_BOLD);
    for (int i = 0; i < 40; i++)
        bar[i] = e->all > 0 && i * e->all < e->rows * 40 ? '#' : '.';
    bar[40] = 0;
    int x = 2;
    x += row_putf(canvas, top + 3, x, canvas->cols - 4, LOOK_PLAIN, "[%s] %" PRId64, bar, e->rows);
    if (e->all >= 0)
        row_putf(canvas, top + 3, x, canvas->cols - x - 2, LOOK_PLAIN, "/%" PRId64, e->all);
    row_put(canvas, top + 5, 2, canvas->cols - 4, phase(e),
            e->failed ? LOOK_BAD : e->done ? LOOK_GOOD : LOOK_WAIT);
    canvas_caret(canvas, top + 5, 0, false);
}

static bool back(struct tui_view *view)
{
    struct export *e = (struct export *)view;
    if (!e->done)
        finish(e, false, pn_tr("The export was stopped"));
    else
        app_pop(view->app);
    return true;
}

static void act(struct tui_view *view, tui_action action, uint32_t key)
{
    struct export *e = (struct export *)view;
    (void)key;
    if (action == DO_OPEN && e->done)
        app_pop(view->app);
}

static void tell(struct tui_view *view, struct tui_facts *facts)
{
    struct export *e = (struct export *)view;
    facts_say(facts, "file", pn_tr("File"), e->path, e->path);
    facts_number(facts, "rows", pn_tr("Rows"), e->rows);
    if (e->all >= 0)
        facts_number(facts, "rows_all", pn_tr("Of"), e->all);
    facts_some(facts, "phase", pn_tr("Step"), phase(e));
}

static void command(const struct tui_view *view, char *text, size_t size)
{
    const struct export *e = (const struct export *)view;
    char list[400];
    told_list(e->op, *e->q ? e->q : e->where, e->sort, e->columns, list, sizeof list);
    snprintf(text, size, "%s --all -o %s", list, kinds[e->kind].ending);
}

static void free_export(struct tui_view *view)
{
    struct export *e = (struct export *)view;
    if (e->sheet)
        sheet_close(e->sheet, false);
}

static const struct tui_face export_face = {
    .scope = SCOPE_PLAN, .size = sizeof(struct export), .draw = draw, .act = act, .back = back,
    .load = load, .done = done, .tell = tell, .command = command, .free = free_export,
};

/* ---- from a list ---- */

/* Columns that were chosen, or all there are: as the command line has it. */
static int columns_of(const struct tui_list *list, int cols[SHEET_COLS])
{
    int n = 0;
    for (; n < list->picks; n++)
        cols[n] = list->pick[n];
    for (int i = 0; !list->picks && list->op->out->cols[i].name && n < SHEET_COLS; i++)
        cols[n++] = i;
    return n;
}

static void begin(struct tui_app *app, void *who, const char *path)
{
    struct tui_list *list = who;
    struct export *e = (struct export *)view_new(app, &export_face, pn_tr("Export"));
    struct tui_job *filter = job_new(list->op, 0, 0);
    int cols[SHEET_COLS], n = columns_of(list, cols);
    if (!e || !filter || !*path) {
        free(e);
        job_free(filter);
        return;
    }
    e->op = list->op;
    e->all = -1;
    e->kind = (sheet_kind)list->slot;
    list_filter(list, filter);
    for (int i = 0; i < filter->pairs; i++)
        snprintf(*filter->pair[i].name == 'q' ? e->q : e->where,
                 *filter->pair[i].name == 'q' ? sizeof e->q : sizeof e->where, "%s",
                 filter->pair[i].value);
    job_free(filter);
    order_text(list, e->sort, sizeof e->sort);
    columns_text(list, e->columns, sizeof e->columns);
    snprintf(e->path, sizeof e->path, "%s", path);
    const char *why = "";
    e->sheet = sheet_open(e->path, e->kind, list->op->out, cols, n, &why);
    if (!e->sheet) {
        app_say(app, LOOK_BAD, "! %s: %s", path, why);
        free(e);
        return;
    }
    app_push(app, &e->view);
}

void export_over(struct tui_app *app, void *who, const char *path,
                 void (*write)(struct tui_app *, void *, const char *))
{
    char question[200];
    if (access(path, F_OK)) {
        write(app, who, path);
        return;
    }
    snprintf(question, sizeof question, pn_tr("%.120s is there already: write over it?"), path);
    prompt_open(app, '?', question, path, write, who);
}

static void start(struct tui_app *app, void *who, const char *path)
{
    export_over(app, who, path, begin);
}

static void chosen(struct tui_view *menu, int index)
{
    struct tui_app *app = menu->app;
    struct tui_list *list = *(struct tui_list **)menu_data(menu, sizeof list);
    const char *home = getenv("HOME");
    char path[600], stamp[32];
    time_t now = time(NULL) + BUSINESS_ZONE_S; /* as every time on the screen */
    struct tm tm;
    app_pop(app);
    list->slot = index;
    strftime(stamp, sizeof stamp, "%Y%m%d-%H%M", gmtime_r(&now, &tm));
    snprintf(path, sizeof path, "%s/%s-%s.%s", home ? home : ".", list->op->noun, stamp,
             kinds[index].ending);
    prompt_open(app, '>', pn_tr("Write to"), path, start, list);
}

void export_menu(struct tui_list *list)
{
    struct tui_view *menu = menu_new(list->view.app, pn_tr("Export"), chosen);
    struct tui_list **of = menu ? menu_data(menu, sizeof list) : NULL;
    if (!of)
        return;
    *of = list;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        menu_add(menu, kinds[i].name, "");
    app_push(list->view.app, menu);
}

/* ---- one row ---- */

static void base64(const char *text, size_t n, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        uint32_t v = (uint32_t)(unsigned char)text[i] << 16;
        v |= i + 1 < n ? (uint32_t)(unsigned char)text[i + 1] << 8 : 0;
        v |= i + 2 < n ? (uint32_t)(unsigned char)text[i + 2] : 0;
        *out++ = digits[v >> 18];
        *out++ = digits[v >> 12 & 63];
        *out++ = i + 1 < n ? digits[v >> 6 & 63] : '=';
        *out++ = i + 2 < n ? digits[v & 63] : '=';
    }
    *out = 0;
}

void export_copy(struct tui_app *app, const char *text)
{
    size_t n = strlen(text);
    char *out = n && n < CLIP_MOST ? malloc(n * 4 / 3 + 64) : NULL;
    if (!out)
        return;
    memcpy(out, "\033]52;c;", 7);
    base64(text, n, out + 7);
    size_t len = strlen(out);
    memcpy(out + len, "\a", 2);
    if (write(STDOUT_FILENO, out, len + 1) == (ssize_t)(len + 1)) {
        char told[200];
        size_t at = 0;
        for (const char *c = text; *c && at + 2 < sizeof told; c++) { /* a tab has no width here */
            told[at++] = *c == '\t' ? ' ' : *c;
            if (*c == '\t')
                told[at++] = ' ';
        }
        told[at] = 0;
        app_say(app, LOOK_GOOD, pn_tr("Copied: %.200s"), told);
    }
    free(out);
}
