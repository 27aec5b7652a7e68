/* SPDX-License-Identifier: Apache-2.0 */
/* target.h — readers of text that strangers write, as fuzz targets. A target returns; a crash, a
 * sanitizer's report or a broken promise (abort) is a find. */
#ifndef PN_TESTS_FUZZ_TARGET_H
#define PN_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>

typedef struct fuzz_target {
    const char *name;
    void (*run)(const uint8_t *data, size_t size);
    const char *const *seeds; /* valid input to start from, ended by NULL */
} fuzz_target;

extern const fuzz_target fuzz_targets[]; /* ended by a row without name */
void fuzz_open(void);

#endif
