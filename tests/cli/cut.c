/* SPDX-License-Identifier: Apache-2.0 */
/* cut.c — a wire to the database that breaks at the worst moment.
 *
 *   cut LISTEN_SOCKET SERVER_SOCKET TEXT once|dead
 *
 * Bytes pass both ways until a client sends TEXT (in any case). That still reaches the server, and
 * the server's answer is awaited, but never passed on: the line is closed. `once`: later lines are
 * sound. `dead`: nobody gets through any more. Prints "ready" when it listens. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CHUNK = 65536, ANSWER_MS = 5000 };

static int unix_socket(const char *path, bool listening)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || strlen(path) >= sizeof(at.sun_path))
        return -1;
    snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
    const struct sockaddr *to = (const void *)&at;
    if (listening ? bind(fd, to, sizeof(at)) || listen(fd, 8) : connect(fd, to, sizeof(at))) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool holds(const char *data, size_t len, const char *text)
{
    size_t n = strlen(text);
    for (size_t i = 0; i + n <= len; i++)
        if (!strncasecmp(data + i, text, n))
            return true;
    return false;
}

static bool pass(int from, int to, char *data, ssize_t *n)
{
    *n = read(from, data, CHUNK);
    for (ssize_t at = 0; at < *n;) {
        ssize_t w = write(to, data + at, (size_t)(*n - at));
        if (w <= 0)
            return false;
        at += w;
    }
    return *n > 0;
}

static void serve(int client, int server, const char *text, volatile int *cut)
{
    static char data[CHUNK];
    struct pollfd both[2] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
    ssize_t n = 0;
    while (poll(both, 2, -1) > 0) {
        if (both[1].revents && !pass(server, client, data, &n))
            return;
        if (!both[0].revents)
            continue;
        if (!pass(client, server, data, &n))
            return;
        if (!*cut && holds(data, (size_t)n, text)) {
            poll(&both[1], 1, ANSWER_MS);
            *cut = 1;
            return;
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fputs("cut: LISTEN_SOCKET SERVER_SOCKET TEXT once|dead\n", stderr);
        return 2;
    }
    signal(SIGCHLD, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    volatile int *cut = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
                             -1, 0);
    int door = unix_socket(argv[1], true);
    if (door < 0 || cut == MAP_FAILED) {
        perror("cut");
        return 1;
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        int client = accept(door, NULL, NULL);
        if (client < 0 && errno == EINTR)
            continue;
        bool refused = *cut && !strcmp(argv[4], "dead");
        int server = client < 0 || refused ? -1 : unix_socket(argv[2], false);
        if (server >= 0 && !fork()) {
            close(door);
            serve(client, server, argv[3], cut);
            _exit(0);
        }
        if (server >= 0)
            close(server);
        if (client >= 0)
            close(client);
    }
}
