/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c — see wire.h. A process of its own: nothing of the test can hold it up. */
#include "config.h"
#include "wire.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PAIRS = 32 };

static volatile sig_atomic_t dropped;

static void toggle(int sig)
{
    dropped = sig == SIGUSR1;
}

static int unix_socket(const char *path, struct sockaddr_un *at)
{
    *at = (struct sockaddr_un){.sun_family = AF_UNIX};
    snprintf(at->sun_path, sizeof at->sun_path, "%s", path);
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int connect_to(const char *path)
{
    struct sockaddr_un at;
    int fd = unix_socket(path, &at);
    if (fd >= 0 && !connect(fd, (struct sockaddr *)&at, sizeof at))
        return fd;
    close(fd);
    return -1;
}

/* Carry what is there to the other side; false when one side has ended. */
static bool carry(int from, int to)
{
    char bytes[16384];
    ssize_t n = read(from, bytes, sizeof bytes);
    for (ssize_t sent = 0; sent < n;) {
        ssize_t m = write(to, bytes + sent, (size_t)(n - sent));
        if (m <= 0)
            return false;
        sent += m;
    }
    return n > 0;
}

static void forward(int door, const char *server)
{
    struct pollfd fd[1 + 2 * PAIRS] = {{.fd = door, .events = POLLIN}};
    int n = 1;
    for (;;) {
        if (dropped) { /* what arrives is neither answered nor refused */
            poll(NULL, 0, 20);
            continue;
        }
        if (poll(fd, (nfds_t)n, 20) <= 0)
            continue;
        for (int i = 1; i < n; i++) {
            int other = i % 2 ? i + 1 : i - 1;
            if (!fd[i].revents || fd[i].fd < 0 || carry(fd[i].fd, fd[other].fd))
                continue;
            close(fd[i].fd);
            close(fd[other].fd);
            fd[i].fd = fd[other].fd = -1;
        }
        int in = fd[0].revents && n < 2 * PAIRS ? accept(door, NULL, NULL) : -1;
        if (in < 0)
            continue;
        fd[n++] = (struct pollfd){.fd = in, .events = POLLIN};
        fd[n++] = (struct pollfd){.fd = connect_to(server), .events = POLLIN};
    }
}

pid_t wire_start(const char *dir, const char *server)
{
    struct sockaddr_un at;
    char path[100];
    snprintf(path, sizeof path, "%s/.s.PGSQL.5432", dir);
    unlink(path);
    int door = unix_socket(path, &at);
    if (door < 0 || bind(door, (struct sockaddr *)&at, sizeof at) || listen(door, 8))
        return -1;
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGUSR1, toggle);
        signal(SIGUSR2, toggle);
        signal(SIGPIPE, SIG_IGN);
        forward(door, server);
    }
    close(door);
    return pid;
}
