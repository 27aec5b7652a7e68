/* SPDX-License-Identifier: Apache-2.0 */
/* listen.h — sockets: listening, closing without losing a client, who is at the other end. */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/** Listen `n` times on one address; the kernel spreads clients over the sockets. fds[0] decides the
 *  port when it is 0. False, with the reason in `why` and nothing left open, on failure. */
bool http_listen(const char *host, int port, int fds[], int n, char *why, size_t size);
int http_listen_port(int fd);
/** From now on the kernel ignores new clients of this socket (they try again, and find it closed);
 *  those whose connection is already made can still be accepted. */
void http_listen_ignore(int fd);
/** Is somebody waiting to be accepted? */
bool http_listen_waiting(int fd);
/** Which clients have said that they will send no more, all they sent being read? Their `revents`
 *  is not 0 then; `events` are POLLRDHUP. */
void http_look_hung_up(struct pollfd fds[], size_t n);
/** The address in digits; "" when it has none. */
void http_address(const struct sockaddr *at, char *text, size_t size);

#endif
