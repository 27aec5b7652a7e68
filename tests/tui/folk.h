/* SPDX-License-Identifier: Apache-2.0 */
/* folk.h — the console over the whole library: a database of its own, and people who sign in. */
#ifndef TUI_FOLK_H
#define TUI_FOLK_H

#include "db.h"
#include "fixture.h"
#include "shop.h"

enum { FOLK_MERCHANT = 101, FOLK_ORGANISER = 103 };

/** As administrator. */
void house_setup(void);
void house_teardown(void);
void open_house(int rows, int cols);
/** In Chinese, with all that the product says. */
void open_chinese(int rows, int cols);
/** Typed by a person: what comes in one burst with its Enter is a scan. */
void command(const char *text);
/** From here on somebody of the merchant who offers the first lot, … */
void be_a_merchant(void);
/** … or of the organiser of every show. */
void be_an_organiser(void);

#endif
