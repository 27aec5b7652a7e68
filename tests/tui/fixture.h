/* SPDX-License-Identifier: Apache-2.0 */
/* fixture.h — what every test of the console begins with. */
#ifndef TUI_FIXTURE_H
#define TUI_FIXTURE_H

#include "vth.h"

enum { PATIENCE = 8000 };

extern char dir[256], program[512], count_so[512];
extern struct vth t;

void setup(void);
void teardown(void);
/** A file of the test's directory: "stop" and "down" steer the sandbox. */
void put_file(const char *name, const char *text);
void take_file(const char *name);
void path_of(char out[600], const char *name);
/* The whole of it, the caller's to free; NULL when it is not there. */
char *read_file(const char *name, size_t *size);
/** Start it with one more setting ("NAME=VALUE", may be NULL) and up to two words. */
void open_console(int rows, int cols, const char *term, const char *setting, const char *word,
                  const char *word2);
/** 80x24, signed in, on the first screen. */
void open_usual(void);
/** The screen must show the text within PATIENCE. */
void must(const char *text);
void say(const char *bytes);
/** Words that stand on the screen and are not among what --plain tells, "" when there are none.
 *  `about_keys` are those that only explain; seats with SIGNS are told one by one. */
void untold(const char *shown, const char *told, const char *about_keys, char *missing,
            size_t size);
#define SIGNS "ABC#&=/*"
/** write() calls to the terminal so far, with count.so preloaded. */
uint64_t writes(void);

#endif
