/* SPDX-License-Identifier: Apache-2.0 */
/* loop.c — one poll() on the terminal, signals, clock, answers and news. It sleeps without a
 * timeout: nothing happening costs nothing. */
#include "config.h"
#include "app.h"
#include "scanner.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { TTY, SIGNALS, CLOCK, ANSWERS, NEWS, SCANNER, FDS };

static int open_signals(void)
{
    static const int ours[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGCONT, SIGTSTP};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        sigaddset(&set, ours[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void set_clock(int fd, int64_t due)
{
    struct itimerspec at = {.it_value = {.tv_sec = due / 1000, .tv_nsec = due % 1000 * 1000000}};
    timerfd_settime(fd, TFD_TIMER_ABSTIME, &at, NULL);
}

void loop_resize(struct tui_app *app)
{
    int rows, cols;
    term_measure(&rows, &cols);
    if (rows == app->canvas.rows && cols == app->canvas.cols)
        return;
    if (canvas_resize(&app->canvas, rows, cols))
        app_say(app, LOOK_BAD, "%s", pn_code_text(PN_EMEM));
    term_forget(); /* terminals move text about when they change size */
}

static void signals(struct tui_app *app, int fd)
{
    struct signalfd_siginfo info;
    while (read(fd, &info, sizeof info) == (ssize_t)sizeof info) {
        switch (info.ssi_signo) {
        case SIGWINCH:
            loop_resize(app);
            break;
        case SIGCONT:
            term_forget();
            loop_resize(app);
            break;
        case SIGTSTP:
            app_event(app, &(struct tui_event){.kind = IN_KEY, .key = 'z' & 0x1f});
            break;
        default:
            app->quit = true;
            app->status = 128 + (int)info.ssi_signo;
        }
    }
}

static void terminal(struct tui_app *app, short events)
{
    char bytes[4096];
    ssize_t n = read(term_input_fd(), bytes, sizeof bytes);
    if (n > 0) {
        input_feed(&app->input, bytes, (size_t)n, tui_clock());
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN) || events & POLLHUP) {
        app->quit = true; /* the terminal is gone */
        app->status = 129;
    }
}

static void answers(struct tui_app *app)
{
    struct tui_job *job;
    while ((job = worker_take(app->worker))) {
        app_answer(app, job);
        job_free(job);
    }
}

/* What there is to say of the scanner. */
static void told(struct tui_app *app, const char *words)
{
    if (words)
        app_say(app, *words == '!' ? LOOK_BAD : LOOK_GOOD, "%s", words);
}

static void handle(struct tui_app *app, struct pollfd fd[FDS])
{
    uint64_t ticks;
    if (fd[SIGNALS].revents)
        signals(app, fd[SIGNALS].fd);
    if (fd[TTY].revents && !app->quit)
        terminal(app, fd[TTY].revents);
    if (fd[CLOCK].revents && read(fd[CLOCK].fd, &ticks, sizeof ticks) > 0)
        app_tick(app);
    told(app, scanner_tick(tui_clock()));
    if (fd[SCANNER].revents && fd[SCANNER].fd == scanner_fd())
        told(app, scanner_read(app_event, app));
    if (fd[ANSWERS].revents)
        answers(app);
    if (fd[NEWS].revents && fd[NEWS].fd == live_fd(app))
        live_hear(app);
}

bool loop_paint(struct tui_app *app)
{
    loop_resize(app);
    app_draw(app);
    return !term_show(&app->canvas);
}

int loop_run(struct tui_app *app)
{
    int64_t armed = 0;
    struct pollfd fd[FDS] = {
        [TTY] = {.fd = term_input_fd(), .events = POLLIN},
        [SIGNALS] = {.fd = open_signals(), .events = POLLIN},
        [CLOCK] = {.fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK),
                   .events = POLLIN},
        [ANSWERS] = {.fd = worker_fd(app->worker), .events = POLLIN},
    };
    while (!app->quit) {
        app_draw(app);
        if (term_show(&app->canvas)) {
            app->status = 129;
            break;
        }
        int64_t due = app_due(app), look = scanner_due();
        due = !due || (look && look < due) ? look : due;
        if (due != armed)
            set_clock(fd[CLOCK].fd, due);
        armed = due;
        fd[NEWS] = (struct pollfd){.fd = live_fd(app), .events = POLLIN};
        fd[SCANNER] = (struct pollfd){.fd = scanner_fd(), .events = POLLIN};
        if (poll(fd, FDS, -1) < 0 && errno != EINTR)
            break;
        handle(app, fd);
    }
    close(fd[SIGNALS].fd);
    close(fd[CLOCK].fd);
    return app->status;
}
