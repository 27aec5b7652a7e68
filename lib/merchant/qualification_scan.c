/* SPDX-License-Identifier: Apache-2.0 */
/* qualification_scan.c — the paper of a licence: kept as it was handed in, and got out again by
 * whoever compares it. */
#include "licence_int.h"
#include "merchant_int.h"
#include "catalog/row_int.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const pn_words pn_paper_formats[] = {PN_PAPER_FORMATS(PN_WORD_ROW){0}};

typedef struct scan {
    int64_t id;
    pn_word format;
    pn_bytes content;
    const char *digest;
    bool whole;
} scan;
static PN_TYPE(scan_t, "qualification.scan", scan, PN_COL(scan, id, ""),
    PN_COL(scan, format, "", .words = pn_paper_formats), PN_COL(scan, content, ""),
    PN_COL(scan, digest, ""), PN_COL(scan, whole, ""));
const pn_sql pni_scan_put = {"qualification_scan_put", &scan_t, NULL,
    "insert into qualification_scan (sk, qualification_id, format, content, at)"
    " values (:id#, :id, :format, :content, :now)"};
const pn_sql pni_scan_get = {"qualification_scan_get", &pni_one_id_t, &scan_t,
    "select format, content, encode(digest, 'hex') as digest, sha256(content) = digest as whole"
    " from qualification_scan where sk = :id# and qualification_id = :id"};

/* By how it begins, whatever it is called. */
static int16_t format_of(pn_bytes file)
{
    static const struct { int16_t format; size_t n; const char *begins; } known[] = {
        {PN_PAPER_PDF, 5, "%PDF-"}, {PN_PAPER_PNG, 8, "\x89PNG\r\n\x1a\n"},
        {PN_PAPER_JPEG, 3, "\xff\xd8\xff"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (file.len > known[i].n && !memcmp(file.data, known[i].begins, known[i].n))
            return known[i].format;
    return 0;
}

int pni_scan_keep(pn *p, int64_t qualification, pn_bytes file)
{
    scan row = {.id = qualification, .format = {format_of(file)}, .content = file};
    if (!row.format.v) {
        int rc = pn_fail(p, PN_EARG, "scan", "%s", pn_tr("The scan is no PDF, PNG or JPEG"));
        pn_hint(p, "%s", pn_tr("Scan or photograph the paper and hand in that file"));
        return rc;
    }
    return pn_exec(p, &pni_scan_put, &row, NULL);
}

/* Nothing that lies there is written over, and half a file does not stay. */
static int write_out(pn *p, const char *path, pn_bytes data)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    int why = fd < 0 ? errno : 0;
    for (size_t done = 0; !why && done < data.len;) {
        ssize_t n = write(fd, (const char *)data.data + done, data.len - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            why = errno;
    }
    if (fd >= 0 && close(fd) && !why)
        why = errno;
    if (!why)
        return 0;
    if (fd >= 0)
        unlink(path);
    return pn_fail(p, PN_EIO, "to", pn_tr("Cannot write '%s': %s"), path, strerror(why));
}

int pni_scan_save(pn *p, const struct pn_qualification_save *in, pn_qualification_saved *out)
{
    scan found;
    int rc = pn_one(p, &pni_scan_get, &(pni_one_id){in->id}, &found);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "id", "%s", pn_tr("No scan of this licence was handed in"));
    PN_TRY(rc);
    if (!found.whole)
        return pn_fail(p, PN_EINTERNAL, "id", "%s",
                       pn_tr("The scan is not what was handed in: ask for it again"));
    PN_TRY(write_out(p, in->to, found.content));
    *out = (pn_qualification_saved){in->to, found.format, (int64_t)found.content.len,
                                    found.digest};
    return 0;
}
