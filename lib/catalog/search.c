/* SPDX-License-Identifier: Apache-2.0 */
/* The search columns of shows and venues. They are written with the row, in the library, so that
 * the database needs no extension and no trigger. */
#include "search.h"
#include "index_int.h"
#include "row_int.h"
#include "base/search_int.h"

#include <string.h>

enum { TEXTS_MAX = 64 }; /* titles, artists and aliases of one row; more are not read */

typedef struct source {
    int64_t id;
    const char *title, *subtitle, *venue;
    pn_texts artists, aliases, venue_aliases;
} source;
static PN_TYPE(source_t, "search.source", source,
    PN_COL(source, id, N_("Id")), PN_COL(source, title, N_("Title")),
    PN_COL(source, subtitle, N_("Subtitle")), PN_COL(source, venue, N_("Venue")),
    PN_COL(source, artists, N_("Artists")), PN_COL(source, aliases, N_("Other names")),
    PN_COL(source, venue_aliases, N_("Other names")));

typedef struct entry {
    int64_t id;
    const char *folded, *pinyin, *initials;
    pn_texts grams;
} entry;
static PN_TYPE(entry_t, "search.entry", entry,
    PN_COL(entry, id, N_("Id")), PN_COL(entry, folded, N_("Text")),
    PN_COL(entry, pinyin, N_("Pinyin")), PN_COL(entry, initials, N_("Initials")),
    PN_COL(entry, grams, N_("Words")));

// clang-format off
#define NOUNS(W) W(INDEXED, show, N_("Shows"), 0) W(INDEXED, venue, N_("Venues"), 0)
// clang-format on
static const pn_words nouns[] = {NOUNS(PN_WORD_ROW) {0}};
static PN_TYPE(reindex_t, "search.reindex", struct pn_search_reindex,
    PN_COL(struct pn_search_reindex, noun, N_("What"), .flags = PN_ARG, .words = nouns));
static PN_TYPE(done_t, "search.done", pn_search_done,
    PN_COL(pn_search_done, shows, N_("Shows"), .flags = PN_BRIEF),
    PN_COL(pn_search_done, venues, N_("Venues"), .flags = PN_BRIEF));

#define SHOW_SOURCE                                                                                \
    "select h.id, h.title, h.subtitle, h.artists, h.aliases, v.name as venue,"                     \
    " v.aliases as venue_aliases from show h join venue v on v.id = h.venue_id"
static const pn_sql show_source = {"search_show", &pni_one_id_t, &source_t,
    SHOW_SOURCE " where h.id = :id"};
static const pn_sql shows_of_venue = {"search_shows_of_venue", &pni_one_id_t, &source_t,
    SHOW_SOURCE " where h.venue_id = :id"};
static const pn_sql shows_after = {"search_shows_after", &pni_one_id_t, &source_t,
    SHOW_SOURCE " where h.id > :id order by h.id limit 500"};
static const pn_sql venue_source = {"search_venue", &pni_one_id_t, &source_t,
    "select v.id, v.name as venue, v.aliases as venue_aliases from venue v where v.id = :id"};
static const pn_sql venues_after = {"search_venues_after", &pni_one_id_t, &source_t,
    "select v.id, v.name as venue, v.aliases as venue_aliases from venue v where v.id > :id"
    " order by v.id limit 500"};
static const pn_sql show_entry = {"search_show_entry", &entry_t, NULL,
    "update show set folded = :folded, pinyin = :pinyin, initials = :initials,"
    " grams = coalesce(:grams, '{}') where id = :id"};
static const pn_sql venue_entry = {"search_venue_entry", &entry_t, NULL,
    "update venue set folded = :folded, pinyin = :pinyin, initials = :initials,"
    " grams = coalesce(:grams, '{}') where id = :id"};

static size_t add(const char **texts, size_t n, const pn_texts *more)
{
    for (size_t i = 0; i < more->n && n < TEXTS_MAX; i++)
        texts[n++] = more->v[i];
    return n;
}

static int write_entry(pn *p, const pn_sql *sql, const source *s)
{
    const char *texts[TEXTS_MAX] = {s->title, s->subtitle, s->venue};
    size_t n = add(texts, 3, &s->artists);
    pni_index index = {0};
    n = add(texts, n, &s->aliases);
    n = add(texts, n, &s->venue_aliases);
    PN_TRY(pni_index_of(p, texts, n, &index));
    entry row = {s->id, index.folded, index.pinyin, index.initials, index.grams};
    return pn_exec(p, sql, &row, NULL);
}

int pni_index_show(pn *p, int64_t show_id)
{
    source s = {0};
    PN_TRY(pn_one(p, &show_source, &(pni_one_id){show_id}, &s));
    return write_entry(p, &show_entry, &s);
}

int pni_index_venue(pn *p, int64_t venue_id)
{
    source s = {0};
    pn_rows rows = {0};
    PN_TRY(pn_one(p, &venue_source, &(pni_one_id){venue_id}, &s));
    PN_TRY(write_entry(p, &venue_entry, &s));
    PN_TRY(pn_all(p, &shows_of_venue, &(pni_one_id){venue_id}, &rows));
    pn_each(source, one, &rows)
        PN_TRY(write_entry(p, &show_entry, one));
    return 0;
}

static int all_of(pn *p, const pn_sql *after, const pn_sql *write, int64_t *count)
{
    pni_one_id from = {0};
    pn_rows rows = {0};
    do {
        PN_TRY(pn_all(p, after, &from, &rows));
        pn_each(source, one, &rows) {
            PN_TRY(write_entry(p, write, one));
            from.id = one->id;
            ++*count;
        }
    } while (rows.n);
    return 0;
}

static int reindex(pn *p, const struct pn_search_reindex *in, pn_search_done *out)
{
    pn_search_done done = {0};
    if (!pn_word_is(nouns, in->noun, "venue"))
        PN_TRY(all_of(p, &shows_after, &show_entry, &done.shows));
    if (!pn_word_is(nouns, in->noun, "show"))
        PN_TRY(all_of(p, &venues_after, &venue_entry, &done.venues));
    *out = done;
    return 0;
}

PN_OP(search, reindex, pn_search_done, .brief = N_("Recompute what lists are searched by"),
    .in = &reindex_t, .out = &done_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM, .flags = PN_WRITE,
    .example = "pn search reindex")

const pn_module pn_search_module = {
    .noun = "search",
    .title = N_("Search"),
    .ops = PN_LIST(pn_op, &search_reindex_op),
    .sql = PN_LIST(pn_sql, &show_source, &shows_of_venue, &shows_after, &venue_source,
                   &venues_after, &show_entry, &venue_entry),
};
