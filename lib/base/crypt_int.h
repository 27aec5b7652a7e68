/* SPDX-License-Identifier: Apache-2.0 */
/* crypt_int.h — passwords, sealed columns and hashes for equality.
 *
 * Keys lie in `keys.dir` (else the state folder's keys/), one file each, readable by their owner
 * alone. They are made once, by pni_crypt_init(); several machines on one database share copies. */
#ifndef PNI_CRYPT_H
#define PNI_CRYPT_H

#include "unit.h"

#pragma GCC visibility push(hidden)

enum { PNI_HASH = 32 };

/** Make the keys that are missing. Existing ones are never touched. */
PN_MUST int pni_crypt_init(pn *p);

/** AES-256-GCM. The text is bound to its place: `what` ("staff.totp") and the row's id must be the
 *  same when it is opened. The result names its key, so that keys can be rotated by adding one. */
PN_MUST int pni_seal(pn *p, const char *what, int64_t id, pn_bytes text, pn_bytes *sealed);
PN_MUST int pni_unseal(pn *p, const char *what, int64_t id, pn_bytes sealed, pn_bytes *text);
/** Keyed hash for equality searches over sealed text; differs for every `what`. */
PN_MUST int pni_keyed_hash(pn *p, const char *what, const char *text, pn_bytes *hash);

/** Argon2id at the configured cost, about a tenth of a second: never while holding locks. */
PN_MUST int pni_password_hash(pn *p, const char *password, const char **hash);
/** Is it the password? A NULL hash takes as long and is never right. */
PN_MUST bool pni_password_check(pn *p, const char *hash, const char *password);
/** Was it hashed at another cost than configured now? */
bool pni_password_stale(pn *p, const char *hash);

/** Random bytes as lower-case base32 without padding: 8 letters for 5 bytes. NULL: no memory. */
char *pni_random_text(pn *p, size_t bytes);
char *pni_base32(pn *p, const unsigned char *data, size_t len);
void pni_sha256(const char *text, unsigned char hash[PNI_HASH]);

#pragma GCC visibility pop
#endif
