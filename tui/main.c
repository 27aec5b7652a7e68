/* SPDX-License-Identifier: Apache-2.0 */
/* main.c — the console's guard and its start. The guard is the parent: it remembers the terminal,
 * waits, and gives the terminal back whatever killed the child, SIGKILL included. */
#include "app.h"
#include "base/conf.h"
#include "config.h"
#include "scanner.h"

#include <errno.h>
#include <getopt.h>
#include <libintl.h>
#include <link.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

int plain_run(struct tui_app *app, bool json, const char *keys); /* plain.c */
void manual_print(FILE *out);       /* manual.c */

struct options {
    struct tui_worker_opts worker;
    struct tui_settings settings;
    tui_theme theme;
    bool plain, json;
    uint64_t seed;
    const char *keymap, *till, *scanner;
    const char *keys;
    char first[512];
    char theme_wrong[300];
};

static volatile sig_atomic_t child;

static void forward(int sig)
{
    if (child > 0)
        kill((pid_t)child, sig);
}

static void watch(int sig, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigemptyset(&action.sa_mask);
    sigaction(sig, &action, NULL);
}

static void give_back(const struct termios *old)
{
    static const char reset[] = TERM_RESET;
    tcsetattr(STDIN_FILENO, TCSANOW, old);
    (void)!write(STDOUT_FILENO, reset, sizeof reset - 1);
}

/* A library's code and constants: the kernel may have them back, and reads them again at need. */
static int give_pages(struct dl_phdr_info *library, size_t size, void *unused)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    (void)size, (void)unused;
    for (int i = 0; i < library->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &library->dlpi_phdr[i];
        uintptr_t from = (library->dlpi_addr + part->p_vaddr) & ~(page - 1);
        if (part->p_type == PT_LOAD && !(part->p_flags & PF_W))
            madvise((void *)from, library->dlpi_addr + part->p_vaddr + part->p_memsz - from,
                    MADV_DONTNEED);
    }
    return 0;
}

/* In the guard: wait for the child. Returns its exit status. It sleeps as long as the console runs,
 * and needs next to nothing of what it was started with. */
static int guard(pid_t pid, const struct termios *old)
{
    int status;
    child = pid;
    watch(SIGINT, SIG_IGN);
    watch(SIGQUIT, SIG_IGN);
    watch(SIGTERM, forward);
    watch(SIGHUP, forward);
    dl_iterate_phdr(give_pages, NULL);
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 70;
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    give_back(old);
    fprintf(stderr, pn_tr("piaoniu: stopped by signal %d (%s); the terminal is as before\n"),
            WTERMSIG(status), strsignal(WTERMSIG(status)));
    return 128 + WTERMSIG(status);
}

static const struct option longs[] = {
    {"conf", required_argument, NULL, 'c'},  {"token-file", required_argument, NULL, 't'},
    {"theme", required_argument, NULL, 'T'}, {"plain", no_argument, NULL, 'p'},
    {"json", no_argument, NULL, 'j'},        {"keys", required_argument, NULL, 'K'},
    {"help", no_argument, NULL, 'h'},        {"version", no_argument, NULL, 'V'},
    {"manual", no_argument, NULL, 'm'},      {"now", required_argument, NULL, 'n'},
    {"seed", required_argument, NULL, 's'},  {"keymap", required_argument, NULL, 'k'},
    {"till", required_argument, NULL, 'l'},  {"scanner", required_argument, NULL, 'S'},
    {0},
};

static void usage(FILE *out)
{
    fputs(pn_tr("Usage: piaoniu [OPTION]… [COMMAND]…\n"
                "The console of Piaoniu. COMMAND is what can be typed after “:” (order list).\n"
                "\n"
                "  -c, --conf FILE        configuration instead of the usual places\n"
                "  -t, --token-file FILE  sign in with the token in FILE\n"
                "      --theme NAME       dark, light, high-contrast, colour-blind, night, mono\n"
                "                         or a file of one's own colours\n"
                "      --keymap FILE      own keys instead of ~/.config/piaoniu/keymap\n"
                "      --till NAME        the till; “display --till NAME”: its customer's screen\n"
                "      --scanner DEVICE   a scanner on a serial line, or /dev/input/event…\n"
                "      --plain            print the screen as text, one fact per line, and leave\n"
                "      --json             the same facts as JSON\n"
                "      --keys KEYS        press these first (“2 Down Enter”)\n"
                "  -h, --help             this text\n"
                "  -V, --version          version\n"),
          out);
}

static int64_t clock_of(const char *text)
{
    struct tm tm = {0};
    if (!strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) && !strptime(text, "%Y-%m-%dT%H:%M", &tm))
        return 0;
    return ((int64_t)timegm(&tm) - 8 * 3600) * 1000000; /* business time */
}

static bool choose_theme(struct options *o, const char *name)
{
    int theme = theme_choose(name, o->theme_wrong, sizeof o->theme_wrong);
    if (theme >= 0)
        o->theme = (tui_theme)theme;
    return theme >= 0;
}

/* 0: go on; otherwise leave with the value minus one. */
static int parse(int argc, char **argv, struct options *o)
{
    int c;
    while ((c = getopt_long(argc, argv, "c:t:hV", longs, NULL)) != -1) {
        if (c == 'c') {
            o->worker.conf = optarg;
        } else if (c == 't') {
            o->worker.token_file = optarg;
        } else if (c == 'k') {
            o->keymap = optarg;
        } else if (c == 'l') {
            o->till = optarg;
        } else if (c == 'S') {
            o->scanner = optarg;
        } else if (c == 'p') {
            o->plain = true;
        } else if (c == 'j') {
            o->plain = o->json = true;
        } else if (c == 'K') {
            o->keys = optarg;
        } else if (c == 's') {
            o->seed = strtoull(optarg, NULL, 10);
        } else if (c == 'h') {
            usage(stdout);
            return 1;
        } else if (c == 'm') {
            manual_print(stdout);
            return 1;
        } else if (c == 'V') {
            puts("piaoniu " PN_VERSION);
            return 1;
        } else if (c == 'T' && choose_theme(o, optarg)) {
            o->theme_wrong[0] = 0; /* of the environment: it does not count */
        } else if (c == 'n' && clock_of(optarg)) {
            o->worker.now_us = clock_of(optarg);
        } else {
            if (c == 'T')
                fprintf(stderr, "piaoniu: %s\n", o->theme_wrong);
            usage(stderr);
            return 3;
        }
    }
    size_t len = 0;
    for (int i = optind; i < argc && len < sizeof o->first; i++)
        len += (size_t)snprintf(o->first + len, sizeof o->first - len, "%s%s", len ? " " : "",
                                argv[i]);
    return 0;
}

/* The worker comes first: while the first frame is drawn it finds out who is signed in. */
static int console(const struct options *o)
{
    static struct tui_app app; /* as long as the process: its end gives everything back */
    app = (struct tui_app){.first = *o->first ? o->first : NULL, .seed = o->seed,
                           .plain = o->plain, .till = o->till,
                           .settings = o->settings, .pane = o->settings.pane};
    app.display = app.first && !strcmp(app.first, "display");
    if (app.display && !(o->till && *o->till)) {
        fputs(pn_tr("piaoniu: which till? piaoniu display --till NAME\n"), stderr);
        return 3;
    }
    if (!app.seed && getrandom(&app.seed, sizeof app.seed, 0) < 0)
        app.seed = (uint64_t)tui_clock();
    app.seed |= 1;
    term_environment();
    app.worker = worker_start(&o->worker);
    if (!app.worker) {
        fprintf(stderr, "piaoniu: %s\n", pn_code_text(PN_EMEM));
        return 70;
    }
    app_hello(&app);
    app_early(&app);
    keymap_start(&app, o->keymap);
    if (*o->theme_wrong)
        snprintf(app.keymap_wrong, sizeof app.keymap_wrong, "%s", o->theme_wrong);
    scanner_start(o->scanner);
    input_start(&app.input, app_event, &app);
    app.input.patient = app_patient;
    if (!o->plain && (term_open(o->theme) || !loop_paint(&app))) {
        fprintf(stderr, pn_tr("piaoniu: the terminal cannot be used: %s\n"), strerror(errno));
        return 2;
    }
    int status = o->plain ? plain_run(&app, o->json, o->keys) : loop_run(&app);
    term_close();
    worker_stop(app.worker);
    return status;
}

int main(int argc, char **argv)
{
    const char *theme = getenv("PN_THEME");
    struct options o = {.keys = ""};
    struct termios old;
    pn_no_core();
    settings_read(&o.settings);
    if (*o.settings.language) /* before anything is said */
        setenv("LANGUAGE", o.settings.language, 1);
    term_locale();
    pn_speak();
    if (*o.settings.theme)
        (void)choose_theme(&o, o.settings.theme);
    if (theme && *theme)
        (void)choose_theme(&o, theme);
    int done = parse(argc, argv, &o);
    if (done)
        return done - 1;
    if (o.plain)
        return console(&o);
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || tcgetattr(STDIN_FILENO, &old)) {
        fputs(pn_tr("piaoniu: needs a terminal; for scripts there is pn, or --plain\n"), stderr);
        return 2;
    }
    pid_t parent = getpid(), pid = fork();
    if (pid > 0)
        return guard(pid, &old);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent)
            return 129;
    }
    fflush(stdout);
    int status = console(&o);
    _exit(status); /* a thread may still wait for a database that does not answer */
}
