/* SPDX-License-Identifier: Apache-2.0 */
/* main.c — piaoniud: options, start, wait for a signal, stop without losing a request. */
#include "base/conf.h"
#include "config.h"

#include "language.h"
#include "openapi.h"
#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TARGET_MAX = 8000, STOP_MARGIN_S = 5 };

struct options {
    const char *conf, *listen, *port, *port_file, *access_log;
    bool openapi;
};

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"listen", required_argument, NULL, 'l'},
    {"port", required_argument, NULL, 'p'},
    {"port-file", required_argument, NULL, 'f'},
    {"access-log", required_argument, NULL, 'a'},
    {"openapi", no_argument, NULL, 'o'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {0},
};

static void usage(FILE *to)
{
    fprintf(to,
            "%s: piaoniud [--config FILE] [--listen ADDRESS] [--port PORT] [--port-file FILE]\n"
            "                [--access-log FILE] [--openapi] [--version] [--help]\n",
            pn_tr("Usage"));
}

/* Exit status, or -1 to go on. */
static int read_options(int argc, char **argv, struct options *o)
{
    for (int c; (c = getopt_long(argc, argv, "c:l:p:hV", long_options, NULL)) != -1;) {
        switch (c) {
        case 'c':
            o->conf = optarg;
            break;
        case 'l':
            o->listen = optarg;
            break;
        case 'p':
            o->port = optarg;
            break;
        case 'f':
            o->port_file = optarg;
            break;
        case 'a':
            o->access_log = optarg;
            break;
        case 'o':
            o->openapi = true;
            break;
        case 'h':
            usage(stdout);
            return 0;
        case 'V':
            printf("piaoniud %s\n", PN_VERSION);
            return 0;
        default:
            usage(stderr);
            return 2;
        }
    }
    if (optind < argc) {
        fprintf(stderr, pn_tr("piaoniud: unexpected argument %s\n"), argv[optind]);
        return 2;
    }
    return -1;
}

static int print_openapi(void)
{
    http_routes routes;
    http_text t = {0};
    if (!http_routes_make(&routes))
        return pn_code_exit(PN_EMEM);
    http_openapi(&routes, &t);
    bool fine = !t.bad && fwrite(t.s, 1, t.len, stdout) == t.len && !fflush(stdout);
    http_text_free(&t);
    http_routes_free(&routes);
    return fine ? 0 : pn_code_exit(PN_EIO);
}

static int fail(pn_code code, const char *what, const char *why)
{
    fprintf(stderr, "piaoniud: %s%s%s\n", what, *what ? ": " : "", why);
    return pn_code_exit(code);
}

/* Written under another name first, so that nobody reads half of it. */
static bool write_port(const char *path, int port)
{
    char name[4096];
    if (snprintf(name, sizeof name, "%s.new", path) >= (int)sizeof name)
        return false;
    FILE *f = fopen(name, "w");
    if (!f)
        return false;
    fprintf(f, "%d\n", port);
    return !fclose(f) && !rename(name, path);
}

static int open_log(const char *path)
{
    return open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

/* Until SIGTERM or SIGINT; SIGHUP opens the access log anew, after it was rotated. */
static void wait_for_end(const struct options *o, int log_fd)
{
    sigset_t set;
    int sig = 0;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    while (sigwait(&set, &sig) == EINTR || sig == SIGHUP) {
        int fd = o->access_log && sig == SIGHUP ? open_log(o->access_log) : -1;
        if (fd >= 0) {
            dup2(fd, log_fd);
            close(fd);
        }
    }
}

static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
}

static bool read_port(const char *text, int *port)
{
    char *end;
    errno = 0;
    long n = strtol(text, &end, 10);
    *port = (int)n;
    return *text && !*end && !errno && n >= 0 && n <= 65535;
}

static int serve(http_site *site, const struct options *o, int port)
{
    char why[300], fields[400];
    pn_ctx *ctx = site->ctx;
    const char *host = o->listen ? o->listen : pn_conf(ctx, "http.listen");
    http_app app = http_site_app(site);
    http_opts opts = {.listen = host,
                      .port = port,
                      .loops = (int)pn_conf_int(ctx, "http.loops"),
                      .connections_max = (unsigned)pn_conf_int(ctx, "http.connections_max"),
                      .body_max = (size_t)pn_conf_int(ctx, "http.body_max"),
                      .header_max = (size_t)pn_conf_int(ctx, "http.header_max"),
                      .target_max = TARGET_MAX,
                      .idle_s = (int)pn_conf_int(ctx, "http.idle_s"),
                      .request_s = site->request_s};
    site->server = http_server_start(&opts, &app, why, sizeof why);
    if (!site->server)
        return fail(PN_EIO, "", why);
    port = http_server_port(site->server);
    int rc = 0;
    if (o->port_file && !write_port(o->port_file, port)) {
        rc = fail(PN_EIO, o->port_file, strerror(errno));
    } else {
        snprintf(fields, sizeof fields, "{\"address\":\"%s\",\"port\":%d}", host, port);
        http_log(NULL, PN_LOG_INFO, "serving", fields);
        wait_for_end(o, site->log_fd);
        http_log(NULL, PN_LOG_INFO, "stopping", NULL);
    }
    if (http_server_stop(site->server, site->request_s + STOP_MARGIN_S))
        return rc;
    http_log(NULL, PN_LOG_ERROR, "stopped with requests unanswered", NULL);
    _exit(pn_code_exit(PN_ETIMEOUT)); /* a worker still holds what would be freed */
}

static int run(pn_ctx *ctx, const struct options *o)
{
    http_site site = {.log_fd = -1};
    http_text doc = {0};
    char why[300];
    int port = (int)pn_conf_int(ctx, "http.port"), rc;
    http_log_level(pn_conf(ctx, "log.level"));
    if (o->port && !read_port(o->port, &port))
        return fail(PN_EARG, "--port", pn_tr("expected a number from 0 to 65535"));
    if (o->access_log)
        site.log_fd = open_log(o->access_log);
    else if (pn_conf_int(ctx, "http.access_log"))
        site.log_fd = dup(STDERR_FILENO);
    if (o->access_log && site.log_fd < 0)
        return fail(PN_EIO, o->access_log, strerror(errno));
    if (http_site_open(&site, ctx, why, sizeof why)) {
        http_openapi(&site.routes, &doc);
        site.openapi = http_take(&doc, &site.openapi_len);
        rc = site.openapi ? serve(&site, o, port) : fail(PN_EMEM, "", pn_code_text(PN_EMEM));
    } else {
        rc = fail(PN_EMEM, "", why);
    }
    http_site_close(&site);
    if (site.log_fd >= 0)
        close(site.log_fd);
    return rc;
}

static int cannot_open(const pn_err *err)
{
    int rc = fail(err->code, "", err->message);
    if (err->hint)
        fprintf(stderr, "%s\n", err->hint);
    return rc;
}

int main(int argc, char **argv)
{
    struct options o = {0};
    pn_ctx *ctx = NULL;
    pn_no_core();
    http_language_open();
    pn_speak();
    int rc = read_options(argc, argv, &o);
    if (rc >= 0)
        return rc;
    if (o.openapi)
        return print_openapi();
    block_signals();
    bool open = !pn_ctx_open(&(pn_open_opts){.conf = o.conf, .log = http_log}, &ctx);
    rc = open ? run(ctx, &o) : cannot_open(pn_ctx_error(ctx));
    pn_ctx_close(ctx);
    return rc;
}
