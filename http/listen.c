/* SPDX-License-Identifier: Apache-2.0 */
/* listen.c — listening sockets. Closing one resets the clients in its queue, who believe they are
 * connected and may have sent a request: so a stop first ignores new handshakes, then accepts what
 * is left, then closes. */
#include "config.h"

#include "listen.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

static int open_one(const struct addrinfo *a, bool shared, bool only_try)
{
    int on = 1;
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, a->ai_protocol);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (shared)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    if (a->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (!bind(fd, a->ai_addr, a->ai_addrlen) && (only_try || !listen(fd, BACKLOG)))
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static void set_port(struct addrinfo *a, int port)
{
    in_port_t net = htons((uint16_t)port);
    if (a->ai_family == AF_INET6)
        memcpy((char *)a->ai_addr + offsetof(struct sockaddr_in6, sin6_port), &net, sizeof net);
    else
        memcpy((char *)a->ai_addr + offsetof(struct sockaddr_in, sin_port), &net, sizeof net);
}

/* Shared sockets would also share with another process that owns the port: try alone first. */
static bool taken(const struct addrinfo *a, int port, int n)
{
    int fd = n > 1 && port ? open_one(a, false, true) : 0;
    if (fd > 0)
        close(fd);
    return fd < 0;
}

bool http_listen(const char *host, int port, int fds[], int n, char *why, size_t size)
{
    struct addrinfo *a = NULL, hints = {.ai_family = AF_UNSPEC,
                                        .ai_socktype = SOCK_STREAM,
                                        .ai_flags = AI_PASSIVE};
    int rc = getaddrinfo(host, "0", &hints, &a);
    if (rc || !a) {
        snprintf(why, size, "%s: %s", host, gai_strerror(rc));
        return false;
    }
    int opened = 0;
    set_port(a, port);
    if (!taken(a, port, n)) {
        for (; opened < n; opened++) {
            fds[opened] = open_one(a, n > 1, false);
            if (fds[opened] < 0)
                break;
            if (!opened)
                set_port(a, http_listen_port(fds[0]));
        }
    }
    if (opened < n) {
        snprintf(why, size, "%s:%d: %s", host, port, strerror(errno));
        while (opened)
            close(fds[--opened]);
    }
    freeaddrinfo(a);
    return opened == n;
}

int http_listen_port(int fd)
{
    struct sockaddr_storage at = {0};
    socklen_t len = sizeof at;
    in_port_t net = 0;
    if (getsockname(fd, (struct sockaddr *)&at, &len))
        return 0;
    if (at.ss_family == AF_INET6)
        memcpy(&net, (char *)&at + offsetof(struct sockaddr_in6, sin6_port), sizeof net);
    else
        memcpy(&net, (char *)&at + offsetof(struct sockaddr_in, sin_port), sizeof net);
    return ntohs(net);
}

void http_listen_ignore(int fd)
{
    struct sock_filter drop_syn[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13), /* flags of the TCP header */
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x02, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
    };
    struct sock_fprog program = {sizeof drop_syn / sizeof drop_syn[0], drop_syn};
    /* Where the kernel refuses filters, the queue is still emptied before the socket closes. */
    (void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

static bool has_hung_up(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

void http_look_hung_up(struct pollfd fds[], size_t n)
{
    bool some = poll(fds, n, 0) > 0;
    for (size_t i = 0; i < n; i++)
        if (!some || !(fds[i].revents & POLLRDHUP) || !has_hung_up(fds[i].fd))
            fds[i].revents = 0;
}

void http_address(const struct sockaddr *at, char *text, size_t size)
{
    socklen_t len =
        at->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    if (getnameinfo(at, len, text, (socklen_t)size, NULL, 0, NI_NUMERICHOST))
        text[0] = 0;
}

bool http_listen_waiting(int fd)
{
    struct pollfd p = {fd, POLLIN, 0};
    return poll(&p, 1, 0) > 0 && (p.revents & POLLIN);
}
