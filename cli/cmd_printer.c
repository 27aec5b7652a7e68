/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_printer.c — `pn printer simulate`: a ticket printer on a port, for training and tests. It
 * takes what the real one takes, refuses what it does not understand, and keeps pictures. */
#include "cli.h"

#include "ticket/vprinter.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

typedef struct simulate_in {
    const char *bind, *dir;
    int port, dpi, head, tickets, paper_out_after, jam_at;
    bool mute;
} simulate_in;
PN_TYPE(cli_simulate_t, "printer.simulate", simulate_in,
        PN_COL(simulate_in, port, N_("Port"), .flags = PN_OPT, .max = 65535,
               .hint = N_("Default 9100; 0 takes any free one and tells")),
        PN_COL(simulate_in, dir, N_("Folder"),
               .hint = N_("Each ticket becomes a picture here; default: this folder")),
        PN_COL(simulate_in, bind, N_("Address"), .hint = N_("Default 127.0.0.1")),
        PN_COL(simulate_in, dpi, N_("Resolution"), .flags = PN_OPT, .min = 100, .max = 1200),
        PN_COL(simulate_in, head, N_("Head"), .flags = PN_OPT, .min = 64, .max = 4096,
               .hint = N_("Its width in dots")),
        PN_COL(simulate_in, tickets, N_("Tickets"), .flags = PN_OPT, .max = 1000000,
               .hint = N_("End after that many")),
        PN_COL(simulate_in, paper_out_after, N_("Paper out after"), .flags = PN_OPT, .max = 1000000,
               .hint = N_("That many tickets are printed, then no more")),
        PN_COL(simulate_in, jam_at, N_("Jam at"), .flags = PN_OPT, .max = 1000000,
               .hint = N_("That ticket sticks in the machine")),
        PN_COL(simulate_in, mute, N_("Mute"), .hint = N_("Never answers")));

static volatile int stop;

static void on_signal(int sig)
{
    (void)sig;
    stop = 1;
}

static void listening(void *payload, int port)
{
    (void)payload;
    printf("port %d\n", port);
    fflush(stdout);
}

static void ticket(void *payload, const char *path, bool jammed)
{
    (void)payload;
    printf("%s %s\n", jammed ? "jam" : "ticket", path);
    fflush(stdout);
}

static void refused(void *payload, const char *message)
{
    (void)payload;
    fprintf(stderr, "pn: %s\n", message);
}

int cli_cmd_simulate(cli *c)
{
    enum { RAW_PORT = 9100 };
    simulate_in in = {.port = RAW_PORT, .dir = "."};
    cli_args a = {.in = &cli_simulate_t, .row = &in};
    int rc = cli_args_read(c, &a, 0);
    if (rc)
        return rc;
    if (pn_validate(c->p, &cli_simulate_t, &in))
        return cli_fail(c);
    if (mkdir(in.dir, 0777) && errno != EEXIST) {
        (void)pn_fail(c->p, PN_EIO, "dir", pn_tr("Cannot create '%s': %s"), in.dir,
                      strerror(errno));
        return cli_fail(c);
    }
    struct sigaction act = {.sa_handler = on_signal};
    sigaction(SIGTERM, &act, NULL);
    sigaction(SIGINT, &act, NULL);
    pn_vserver server = {.bind = in.bind,
                         .port = in.port,
                         .dir = in.dir,
                         .dpi = in.dpi,
                         .printer = {.head = in.head,
                                     .paper_out_after = in.paper_out_after,
                                     .jam_at = in.jam_at,
                                     .mute = in.mute},
                         .stop = &stop,
                         .listening = listening,
                         .ticket = ticket,
                         .refused = refused,
                         .tickets_max = in.tickets};
    return pn_vprinter_serve(c->p, &server) ? cli_fail(c) : 0;
}
