/* SPDX-License-Identifier: Apache-2.0 */
/* unpack_int.h — the bytes of files as vendors hand them out: plain, gzip or zip. Nothing is ever
 * held whole, however large a file is. */
#ifndef PNI_UNPACK_H
#define PNI_UNPACK_H

#include "base/unit.h"
#include "link/link_int.h"

#pragma GCC visibility push(hidden)

typedef struct pni_unpack pni_unpack;

/** PN_EIO with words: it cannot be read, or is nothing that can be unpacked. */
PN_MUST int pni_unpack_open(pn *p, const char *path, pni_unpack **out);
/** The next file in it (a plain one holds one); *more is false behind the last. */
PN_MUST int pni_unpack_next(pn *p, pni_unpack *u, bool *more);
/** Up to `cap` bytes of that file; 0: it is over. */
PN_MUST int pni_unpack_read(pn *p, pni_unpack *u, void *data, size_t cap, size_t *n);
/** How much of the packed file was read, in 1/10000. */
int pni_unpack_done(const pni_unpack *u);
void pni_unpack_close(pni_unpack *u); /* NULL is fine */
/** Hex digest ("sha1", "sha256") of what is inside. */
PN_MUST int pni_unpack_digest(pn *p, const char *path, const char *how, const char **out);

/** What is in packed bytes, whole: of an archive, its first file. */
PN_MUST int pni_unpack_span(pn *p, pni_span in, pni_span *out);
/** Bytes packed by gzip or, as the one file of an archive, by zip. */
PN_MUST int pni_pack(pn *p, pni_span in, bool zip, int64_t now_s, pni_span *out);

/** SHA-256 of a file as it lies there. */
PN_MUST int pni_file_digest(pn *p, const char *path, const char **out);

#pragma GCC visibility pop
#endif
