/* SPDX-License-Identifier: Apache-2.0 */
/* slice.c — the short run of the fuzz targets that every check makes: each seed, and mutations of
 * it from a fixed sequence. FUZZ_ROUNDS says how many per seed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

enum { ROUNDS = 3000, SIZE = 4096 };

static uint64_t state = 20260101;

static unsigned random_below(unsigned n)
{
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (unsigned)(state >> 33) % n;
}

static size_t mutate(uint8_t *data, size_t size)
{
    for (unsigned n = 1 + random_below(6); n; n--) {
        size_t at = size ? random_below((unsigned)size) : 0;
        switch (random_below(5)) {
        case 0:
            if (size)
                data[at] = (uint8_t)random_below(256);
            break;
        case 1:
            if (size)
                data[at] ^= (uint8_t)(1u << random_below(8));
            break;
        case 2:
            if (size > 1) {
                memmove(data + at, data + at + 1, size - at - 1);
                size--;
            }
            break;
        case 3:
            if (size + 1 < SIZE) {
                memmove(data + at + 1, data + at, size - at);
                data[at] = (uint8_t)" :\"',=<>.-\n\\{}[]0a\x80\xe4"[random_below(20)];
                size++;
            }
            break;
        default:
            if (size && size * 2 < SIZE) { /* a piece again */
                size_t len = 1 + random_below((unsigned)(size - at));
                memcpy(data + size, data + at, len);
                size += len;
            }
        }
    }
    return size;
}

int main(void)
{
    const char *text = getenv("FUZZ_ROUNDS");
    long rounds = text ? strtol(text, NULL, 10) : ROUNDS;
    int n = 0;
    fuzz_open();
    for (const fuzz_target *t = fuzz_targets; t->name; t++) {
        for (const char *const *seed = t->seeds; *seed; seed++) {
            static uint8_t data[SIZE];
            size_t start = strlen(*seed);
            t->run((const uint8_t *)*seed, start);
            for (long i = 0; i < rounds; i++) {
                memcpy(data, *seed, start);
                t->run(data, mutate(data, start));
            }
        }
        printf("ok %d - %s\n", ++n, t->name);
        fflush(stdout);
    }
    printf("1..%d\n", n);
    return 0;
}
