/* SPDX-License-Identifier: Apache-2.0 */
/* proof.h — the proofs of "check run", shown a ledger that is not as the documents say. */
#ifndef PN_TESTS_PROOF_H
#define PN_TESTS_PROOF_H

/** What is in the ledger is what the rows behind it say; fails the test naming what is not. The
 *  other proofs are left out: offers and orders of a test need no history. */
void books_posted(void);
/** The same. And every posting there is, by its document and step, is changed by a fen and then
 *  taken out: some proof finds it beside those that only add the ledger up. */
void books_watched(void);

#endif
