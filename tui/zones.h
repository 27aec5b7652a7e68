/* SPDX-License-Identifier: Apache-2.0 */
/* zones.h — the seat map by zones: which seat belongs to which, painting another cut, keeping it as
 * a draft. */
#ifndef TUI_ZONES_H
#define TUI_ZONES_H

#include "seatmap.h"

/** Tags of jobs that are answered here. */
enum { ASK_ZONES = 100, ASK_DETAILS, ASK_NEW_TIER, ASK_OTHER_TIER, ASK_DRAFT };

/** A zone as it would be drafted; without a name: seats that are in none. */
struct cut_zone { char name[64], tier[24], tier_name[64], price[24], colour[24], gates[48]; };

enum { UNDO_MOST = 16 };

struct cut {
    char plan[24];    /* which zone plan is shown; "": what is sold by */
    char version[16]; /* its number; "0": none yet */
    char once[40];
    struct cut_zone zone[ZONES_MOST];
    int zones; /* as many as the seats have */
    unsigned char *before[UNDO_MOST];
    int undos;
    bool painted, warned; /* warned: Esc was pressed although it is not kept */
    char fresh[64];       /* the name of the zone that is being made */
    int other;            /* the zone whose tier is being changed */
};

/** A map begins by zones. plan: a zone plan's id, "": what is sold by. */
void zones_begin(struct seatmap *m, const char *plan);
/** From seats to zones and back. */
void zones_toggle(struct seatmap *m);
void zones_load(struct seatmap *m);
/** true: it was one of the keys of zones. */
bool zones_act(struct seatmap *m, tui_action action);
void zones_done(struct seatmap *m, struct tui_job *job);
/** true: Esc was about what is not kept yet. */
bool zones_back(struct seatmap *m);
/** Is there painting that is not kept? */
bool zones_unkept(const struct seatmap *m);
void zones_status(const struct seatmap *m, char *text, size_t size);
void zones_free(struct seatmap *m);
/** The letter of a seat: a capital while it is free or held, small once it is sold or locked. */
char zones_sign(const struct seatmap *m, int seat);
/** Its zone; NULL: none. */
const struct cut_zone *zones_of(const struct seatmap *m, int seat);

/** Put the chosen seats into a zone. */
void zones_paint(struct seatmap *m, int to);
/** A zone more, for the seats too. -1: there are no more letters. */
int zones_add(struct seatmap *m, const struct cut_zone *zone);
/** Is the seat sold or locked? */
bool zones_taken(const struct seat *seat);
void zones_put(char *to, size_t size, const char *text);

/* zonemenu.c */
/** Into which zone the chosen seats go, an old one or a new one. */
void zones_offer(struct seatmap *m);
/** What the zone under the cursor is called, sold as, and where its gates are. */
void zones_edit(struct seatmap *m);
void zones_tiers(struct seatmap *m, const struct tui_table *tiers, bool fresh);

#endif
