/* SPDX-License-Identifier: Apache-2.0 */
/* picture.c — what is on the screen, as text or as a picture (SVG), into a file or to a command
 * that prints it. A picture places every cell by itself, so hanzi keep their columns whatever font
 * draws them. */
#include "config.h"
#include "app.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CELL_W = 8, CELL_H = 18, BASE = 14 };

/* ---- text ---- */

static void put_text(FILE *out, const struct tui_canvas *c)
{
    for (int r = 0; r < c->rows; r++) {
        int blanks = 0;
        for (int x = 0; x < c->cols; x++) {
            const struct tui_cell *cell = &c->cell[r * c->cols + x];
            char bytes[4];
            if (!cell->width)
                continue;
            if (cell->ch == ' ' || !cell->ch) { /* those at the end of a line stay out */
                blanks++;
                continue;
            }
            for (; blanks; blanks--)
                fputc(' ', out);
            fwrite(bytes, 1, tui_encode(cell->ch, bytes), out);
            for (int m = 0; m < CELL_MARKS && cell->mark[m]; m++)
                fwrite(bytes, 1, tui_encode(cell->mark[m], bytes), out);
        }
        fputc('\n', out);
    }
}

/* ---- a picture ---- */

static void put_char(FILE *out, uint32_t cp)
{
    if (cp == '<' || cp == '>' || cp == '&' || cp >= 0x80)
        fprintf(out, "&#%u;", (unsigned)cp);
    else
        fputc((int)cp, out);
}

static void put_ground(FILE *out, const struct tui_canvas *c, int row, uint32_t paper)
{
    struct theme_paint paint, next;
    for (int from = 0, x = 0; from < c->cols; from = x) {
        theme_paint(c->cell[row * c->cols + from].look, &paint);
        for (x = from + 1; x < c->cols; x++) {
            theme_paint(c->cell[row * c->cols + x].look, &next);
            if (next.paper != paint.paper)
                break;
        }
        if (paint.paper != paper)
            fprintf(out,
                    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#%06x\"/>\n",
                    from * CELL_W, row * CELL_H, (x - from) * CELL_W, CELL_H,
                    (unsigned)paint.paper);
    }
}

static void put_cell(FILE *out, const struct tui_cell *cell, int row, int col)
{
    struct theme_paint paint;
    if (!cell->width || !cell->ch || cell->ch == ' ')
        return;
    theme_paint(cell->look, &paint);
    fprintf(out, "<text x=\"%d\" y=\"%d\" textLength=\"%d\" fill=\"#%06x\"%s%s>", col * CELL_W,
            row * CELL_H + BASE, cell->width * CELL_W, (unsigned)paint.ink,
            paint.bold ? " font-weight=\"bold\"" : "",
            paint.underline ? " text-decoration=\"underline\"" : "");
    put_char(out, cell->ch);
    for (int m = 0; m < CELL_MARKS && cell->mark[m]; m++)
        put_char(out, cell->mark[m]);
    fputs("</text>\n", out);
}

static void put_picture(FILE *out, const struct tui_canvas *c)
{
    struct theme_paint plain;
    theme_paint(LOOK_PLAIN, &plain);
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "font-family=\"Noto Sans Mono CJK SC, Sarasa Mono SC, monospace\" font-size=\"15\" "
            "xml:space=\"preserve\">\n<rect width=\"100%%\" height=\"100%%\" fill=\"#%06x\"/>\n",
            c->cols * CELL_W, c->rows * CELL_H, (unsigned)plain.paper);
    for (int row = 0; row < c->rows; row++) {
        put_ground(out, c, row, plain.paper);
        for (int col = 0; col < c->cols; col++)
            put_cell(out, &c->cell[row * c->cols + col], row, col);
    }
    fputs("</svg>\n", out);
}

/* ---- where it goes ---- */

struct print { char *text; size_t size; char command[EDIT_MOST]; };

static void free_print(void *extra)
{
    struct print *print = extra;
    free(print->text);
    free(print);
}

/* The command reads it; what it says itself must not come onto the screen. */
static int spawn(const char *command, int from, pid_t *pid)
{
    char shell[] = "/bin/sh", option[] = "-c", *line = strdup(command);
    char *argv[] = {shell, option, line, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, from, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none); /* the worker takes no signals: its children do */
    posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
    int rc = line ? posix_spawn(pid, shell, &files, &attr, argv, environ) : ENOMEM;
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attr);
    free(line);
    return rc;
}

/* In the worker: a printer may take its time. */
static int print_it(pn *p, struct tui_job *job)
{
    struct print *print = job->extra;
    int status = 0, ends[2];
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC))
        return pn_fail(p, PN_EIO, NULL, "%s: %s", print->command, strerror(errno));
    int rc = spawn(print->command, ends[0], &pid);
    close(ends[0]);
    for (size_t at = 0; !rc && at < print->size;) {
        ssize_t n = write(ends[1], print->text + at, print->size - at);
        if (n < 0 && errno != EINTR)
            break; /* it has read enough: what it thinks of it is in its status */
        at += n > 0 ? (size_t)n : 0;
    }
    close(ends[1]);
    if (rc)
        return pn_fail(p, PN_EIO, NULL, "%s: %s", print->command, strerror(rc));
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!WIFEXITED(status) || WEXITSTATUS(status))
        return pn_fail(p, PN_EPRINTER, NULL, pn_tr("%s failed with status %d"), print->command,
                       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return 0;
}

static void printed(struct tui_app *app, struct tui_job *job)
{
    const struct print *print = job->extra;
    if (job->code)
        app_fail(app, job);
    else
        app_say(app, LOOK_GOOD, pn_tr("Printed: %s"), print->command);
}

static void send_to(struct tui_app *app, const char *command, const struct tui_canvas *canvas)
{
    struct tui_job *job = job_new(NULL, 0, 0);
    struct print *print = job ? calloc(1, sizeof *print) : NULL;
    FILE *out = print ? open_memstream(&print->text, &print->size) : NULL;
    if (!out) {
        free(print);
        job_free(job);
        app_say(app, LOOK_BAD, "%s", pn_code_text(PN_EMEM));
        return;
    }
    put_text(out, canvas);
    fclose(out);
    snprintf(print->command, sizeof print->command, "%s", command + strspn(command, " "));
    job->run = print_it;
    job->alone = true;
    job->answer = printed;
    job->extra = print;
    job->extra_free = free_print;
    app_say(app, LOOK_WAIT, pn_tr("Printing: %s"), print->command);
    app_post(app, job);
}

static void save(struct tui_app *app, void *who, const char *path)
{
    const struct tui_canvas *canvas = who;
    size_t n = strlen(path);
    FILE *out = *path ? fopen(path, "we") : NULL;
    if (out && n > 4 && !strcmp(path + n - 4, ".svg"))
        put_picture(out, canvas);
    else if (out)
        put_text(out, canvas);
    bool bad = !out || ferror(out);
    if (out && fclose(out))
        bad = true;
    if (bad)
        app_say(app, LOOK_BAD, "! %s: %s", path, strerror(errno));
    else
        app_say(app, LOOK_GOOD, pn_tr("Written: %s"), path);
}

static void chosen(struct tui_app *app, void *who, const char *text)
{
    text += strspn(text, " ");
    if (*text == '|')
        send_to(app, text + 1, who);
    else
        export_over(app, who, text, save);
}

void picture_take(struct tui_app *app)
{
    static struct tui_canvas kept; /* as it is now: the line that asks where to comes in between */
    const char *home = getenv("HOME");
    char path[600];
    size_t cells = (size_t)app->canvas.rows * (size_t)app->canvas.cols;
    if (canvas_resize(&kept, app->canvas.rows, app->canvas.cols)) {
        app_say(app, LOOK_BAD, "%s", pn_code_text(PN_EMEM));
        return;
    }
    memcpy(kept.cell, app->canvas.cell, cells * sizeof *kept.cell);
    snprintf(path, sizeof path, "%s/screen.txt", home ? home : ".");
    prompt_open(app, '>', pn_tr("Write the screen to (FILE, FILE.svg, | COMMAND)"), path, chosen,
                &kept);
}
