/* SPDX-License-Identifier: Apache-2.0 */
/* seats.h — the seats of a session as `seat map` answers them, in lines and columns. */
#ifndef TUI_SEATS_H
#define TUI_SEATS_H

#include "model.h"

enum { ZONES_MOST = 26 };

struct seat {
    const char *label;
    char status; /* '.' free, 'w' a free wheelchair place, 'h' held, 'l' locked, 's' sold, 'x' */
    bool chosen;
    int zone, piece, col; /* piece: row of the table */
    double x, y;
};

/** A physical row, from the left. */
struct seat_line { const char *path; int first, seats, section; };
struct seat_section { char name[200]; int line, lines, free, seats, cols; };
struct seat_zone { const char *name, *tier, *price; int free, seats; };

struct seats {
    struct tui_table *table; /* owns every text */
    const struct tui_table *piece;
    struct seat *seat;
    struct seat_line *line;
    struct seat_section *section;
    struct seat_zone zone[ZONES_MOST];
    char *text; /* labels and paths */
    int seats, lines, sections, zones, label_width;
    bool placed;  /* every seat has its place in the hall */
    bool crowded; /* more zones than letters: the last one stands for several */
    double x0, x1, y0, y1;
};

/** Make it of the answer, which it takes; NULL: out of memory. */
struct seats *seats_new(struct tui_table *answer);
void seats_free(struct seats *s);
/** Count seats and free ones anew, after a zone got others. */
void seats_count(struct seats *s);
/** By its key ("1F/A/5/12"); -1: there is none. */
int seats_find(const struct seats *s, const char *key);
void seats_key(const struct seats *s, int seat, char *key, size_t size);
int seats_line(const struct seats *s, int seat);
/** The seat of a line that is nearest to a column. */
int seats_near(const struct seats *s, int line, int col);
/** May it be chosen, to hold or release it? */
bool seats_open(const struct seat *seat);
int seats_chosen(const struct seats *s);
/** Which seats: the chosen ones in one of the states; or, without states, those of a zone. */
struct seats_wanted { const char *states; int zone; };
/** They in words: "A/5/3..8; B/1; C". false: more than fits. */
bool seats_words(const struct seats *s, struct seats_wanted wanted, char *words, size_t size);

#endif
