/* SPDX-License-Identifier: Apache-2.0 */
/* race.c — the time of one command against another, measured in turns: what else the machine does
 * falls on both.
 *
 *   race ID WHAT BASELINE_WHAT GATE AIM ROUNDS TIMES CMD… --- BASELINE…
 *
 * Prints the figure as one JSON line; exit status 1 when the gate is missed, 2 when a command
 * failed. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "median_int.h"

extern char **environ;

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double run(char **argv, int times)
{
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    double began = now_ms();
    for (int i = 0; i < times; i++) {
        pid_t pid;
        int status = 1;
        if (posix_spawnp(&pid, argv[0], &quiet, NULL, argv, environ) ||
            waitpid(pid, &status, 0) < 0 || status) {
            fprintf(stderr, "race: %s failed (status %d)\n", argv[0], status);
            exit(2);
        }
    }
    posix_spawn_file_actions_destroy(&quiet);
    return (now_ms() - began) / times;
}

int main(int argc, char **argv)
{
    enum { FIXED = 8 };
    int split = FIXED;
    while (split < argc && strcmp(argv[split], "---") != 0)
        split++;
    if (split == FIXED || split + 1 >= argc) {
        fputs("race: wrong arguments, see the head of race.c\n", stderr);
        return 2;
    }
    double gate = strtod(argv[4], NULL), aim = strtod(argv[5], NULL);
    int rounds = (int)strtol(argv[6], NULL, 10), times = (int)strtol(argv[7], NULL, 10);
    if (rounds < 1 || rounds > PN_ROUNDS_MAX || times < 1)
        return 2;
    argv[split] = NULL;
    char **ours = argv + FIXED, **theirs = argv + split + 1;
    double a[PN_ROUNDS_MAX], b[PN_ROUNDS_MAX], r[PN_ROUNDS_MAX];
    run(ours, 1);
    run(theirs, 1);
    for (int i = 0; i < rounds; i++) {
        a[i] = run(ours, times);
        b[i] = run(theirs, times);
        r[i] = a[i] / b[i];
    }
    double ratio = pn_median(r, rounds);
    printf("{\"id\":\"%s\",\"what\":\"%s\",\"value\":%.3f,\"unit\":\"ms\",\"baseline\":%.3f,"
           "\"baseline_what\":\"%s\",\"ratio\":%.3f,\"gate\":%g,\"aim\":%g,\"rounds\":%d}\n",
           argv[1], argv[2], pn_median(a, rounds), pn_median(b, rounds), argv[3], ratio, gate, aim,
           rounds);
    return ratio > gate;
}
