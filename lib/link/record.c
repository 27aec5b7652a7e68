/* SPDX-License-Identifier: Apache-2.0 */
/* record.c — exchanges kept as files, and answered from them. With link.record every answer is
 * written down (the request without its secrets, the answer byte for byte, because its signature is
 * over those); with link.replay nothing is sent: the same inputs get the same answers, in the same
 * order, at the time they were given. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


#include "base/ssl_int.h"
#include "link/engine_int.h"

enum { SEEN_MAX = 256, FILE_MAX = 64 << 20, HASH_SHOWN = 8 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct { uint64_t name; int n; } seen[SEEN_MAX];

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

/* How often this name was asked for before. */
static int turn(uint64_t name)
{
    int n = 0;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < SEEN_MAX; i++)
        if (!seen[i].n || seen[i].name == name) {
            seen[i].name = name;
            n = seen[i].n++;
            break;
        }
    pthread_mutex_unlock(&lock);
    return n;
}

/* FOLDER/connector.call.inputs.turn.json */
static int path_of(pn *p, const pni_scope *s, const char *folder, char how, const char **out)
{
    unsigned char hash[EVP_MAX_MD_SIZE] = {0};
    unsigned len = 0;
    uint64_t name;
    pn_buf b = pn_buf_new(p);
    pn_buf_putf(&b, "%s\n%s\n%s\n", folder, s->link->name, s->call);
    for (size_t i = 0; s->in && i < s->in->n; i++)
        pn_buf_putf(&b, "%s=%s\n", s->in->v[i].name, s->in->v[i].value.s);
    if (b.bad || !EVP_Digest(b.text + strlen(folder), b.len - strlen(folder), hash, &len,
                             EVP_sha256(), NULL))
        return none(p);
    char hex[2 * HASH_SHOWN + 1];
    for (int i = 0; i < HASH_SHOWN; i++)
        snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    memcpy(&name, hash, sizeof name);
    for (const char *c = folder; *c; c++)
        name = name * 31 + (unsigned char)*c;
    name = name * 31 + (unsigned char)how;
    *out = pn_printf(p, "%s/%s.%s.%s.%d.json", folder, s->link->name, s->call, hex, turn(name));
    return *out ? 0 : none(p);
}

int pni_record_put(pn *p, pni_scope *s, const pni_message *req, const pni_message *res)
{
    const char *folder = pn_conf(pn_unit_ctx(p), "link.record"), *path, *sent;
    pni_span body;
    pn_buf b = pn_buf_new(p);
    if (!*folder)
        return 0;
    PN_TRY(path_of(p, s, folder, 'w', &path));
    PN_TRY(pni_note_request(s, req, &sent));
    PN_TRY(pni_base64(p, res->body, false, &body));
    pn_buf_putf(&b, "{\"clock_us\":%lld,\n\"sent\":", (long long)s->now.us);
    pn_buf_json(&b, sent);
    pn_buf_putf(&b, ",\n\"status\":%d,\n\"header\":{", res->status);
    for (size_t i = 0; i < res->header.n; i++) {
        pn_buf_puts(&b, i ? ",\n" : "");
        pn_buf_json(&b, res->header.v[i].name);
        pn_buf_puts(&b, ":");
        pn_buf_json(&b, res->header.v[i].value.s);
    }
    pn_buf_puts(&b, "},\n\"body\":");
    pn_buf_json(&b, body.s);
    pn_buf_puts(&b, "}\n");
    if (b.bad)
        return none(p);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool bad = fd < 0 || write(fd, b.text, b.len) != (ssize_t)b.len;
    if (fd >= 0)
        bad |= close(fd) != 0;
    return bad ? pn_fail(p, PN_EIO, NULL, pn_tr("The record %s cannot be written: %s"), path,
                         strerrordesc_np(errno))
               : 0;
}

static int read_all(pn *p, const char *path, pni_span *out)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return pn_fail(p, PN_EPROVIDER, NULL, pn_tr("There is no record %s"), path);
    pn_buf b = pn_buf_new(p);
    char piece[8192];
    size_t n;
    while ((n = fread(piece, 1, sizeof piece, f)) && b.len < FILE_MAX)
        pn_buf_put(&b, piece, n);
    fclose(f);
    *out = (pni_span){b.text ? b.text : "", b.len};
    return b.bad ? none(p) : 0;
}

int pni_record_find(pn *p, pni_scope *s, const pni_message *req, pni_message *res, bool *found)
{
    const char *folder = pn_conf(pn_unit_ctx(p), "link.replay"), *path;
    pni_span text;
    pni_doc *d;
    (void)req;
    *found = false;
    if (!*folder)
        return 0;
    PN_TRY(path_of(p, s, folder, 'r', &path));
    PN_TRY(read_all(p, path, &text));
    PN_TRY(pni_doc_json(p, text, &d));
    const pni_doc *clock = pni_doc_at(p, d, "/clock_us"), *status = pni_doc_at(p, d, "/status");
    const pni_doc *header = pni_doc_at(p, d, "/header"), *body = pni_doc_at(p, d, "/body");
    if (!clock || !status || !header || !body || !body->text.s)
        return pn_fail(p, PN_EPROVIDER, NULL, pn_tr("The record %s is damaged"), path);
    *res = (pni_message){.status = (int)strtol(status->text.s, NULL, 10)};
    s->now.us = strtoll(clock->text.s, NULL, 10);
    for (header = header->first; header; header = header->next)
        if (!pni_pairs_put(p, &res->header, header->name, header->text, false))
            return none(p);
    PN_TRY(pni_base64_read(p, body->text, &res->body));
    *found = true;
    return 0;
}
