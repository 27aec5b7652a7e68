/* SPDX-License-Identifier: Apache-2.0 */
/* search_int.h — Chinese text search without a database extension.
 *
 * Rows keep four columns: `folded` (one form for all spellings), `pinyin`, `initials` and `grams`.
 * A question is folded the same way; its grams narrow the rows through a plain GIN index and
 * PNI_SEARCH rechecks every word of it, so an index can never add a wrong answer. */
#ifndef PNI_SEARCH_H
#define PNI_SEARCH_H

#include "unit.h"

#pragma GCC visibility push(hidden)

/** The search columns of one row. */
typedef struct pni_index {
    const char *folded, *pinyin, *initials;
    pn_texts grams;
} pni_index;

/** Fold a question: lower case, half width, simplified characters; punctuation and every change
 *  of script become one blank. PN_EARG when it is not UTF-8. */
PN_MUST int pni_fold(pn *p, const char *text, const char **out);
/** What a row must hold to match a folded question: pairs of Chinese characters (a lone one as it
 *  is), letters by threes (two as a pair). Empty when nothing narrows. */
PN_MUST int pni_grams(pn *p, const char *folded, pn_texts *out);
/** "周杰伦" → "zhoujielun" and "zjl"; words in letters stay whole in both. */
PN_MUST int pni_pinyin(pn *p, const char *text, const char **pinyin, const char **initials);
/** All search columns of a row from its n texts (title, artists, aliases …; NULL ones are left
 *  out). Texts never match across their borders. */
PN_MUST int pni_index_of(pn *p, const char *const *texts, size_t n, pni_index *out);

/** The condition over :q and :grams for the table aliased `t`. */
#define PNI_SEARCH(t)                                                                              \
    t ".grams @> coalesce(:grams, '{}') and not exists (select from"                               \
      " unnest(string_to_array(:q, ' ')) w where position(w in " t ".folded) = 0"                  \
      " and position(w in " t ".pinyin) = 0 and position(w in " t ".initials) = 0)"

#pragma GCC visibility pop
#endif
