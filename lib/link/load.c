/* SPDX-License-Identifier: Apache-2.0 */
/* load.c — connectors come from files and are kept from unit to unit until the file changes. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/conf_int.h"
#include "base/keep_int.h"
#include "link/engine_int.h"

enum { FILE_MAX = 1 << 20, NAME_MAX_ = 40 };

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

void pni_link_free(pni_link *l)
{
    if (!l)
        return;
    pni_arena a = l->arena; /* it lies in its own arena */
    pni_arena_free(&a);
}

static void drop(void *thing)
{
    pni_link_free(thing);
}

static int slurp(pn *p, const char *file, char **text, size_t *len)
{
    FILE *f = fopen(file, "re");
    if (!f)
        return pn_fail(p, errno == ENOENT ? PN_ENONE : PN_ECONF, NULL,
                       pn_tr("Connector file %s cannot be read: %s"), file,
                       strerrordesc_np(errno));
    *text = pn_alloc(p, FILE_MAX + 1);
    *len = *text ? fread(*text, 1, FILE_MAX, f) : 0;
    bool bad = ferror(f) || *len == FILE_MAX;
    fclose(f);
    if (!*text)
        return none(p);
    return bad ? pn_fail(p, PN_ECONF, NULL, pn_tr("Connector file %s cannot be read: %s"), file,
                         strerrordesc_np(EFBIG))
               : 0;
}

static char *keep(pni_arena *a, const char *text)
{
    char *out = pni_arena_alloc(a, strlen(text) + 1);
    return out ? memcpy(out, text, strlen(text)) : NULL;
}

static int fill(pn *p, pni_link *l, const char *file, const char *name)
{
    char *text = NULL;
    size_t len = 0;
    pni_tree *root = NULL;
    if (!(l->file = keep(&l->arena, file)) || !(l->name = keep(&l->arena, name)))
        return none(p);
    PN_TRY(slurp(p, file, &text, &len));
    PN_TRY(pni_tree_read(p, &l->arena, l->file, text, len, &root));
    l->root = root;
    return pni_spec_check(p, l);
}

int pni_link_load(pn *p, const char *file, const char *name, pni_link **out)
{
    pni_arena a = {0};
    pni_link *l = pni_arena_alloc(&a, sizeof *l);
    if (!l)
        return none(p);
    l->arena = a;
    int rc = fill(p, l, file, name);
    if (rc)
        pni_link_free(l);
    else
        *out = l;
    return rc;
}

/* ---- by name ---- */

static int64_t key_of(const char *name)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *name; name++)
        h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
    return -(int64_t)(h >> 1) - 1; /* rows are kept under their ids, which are positive */
}

/* What changes with the file: where it is, when it was written. 0: there is none. */
static int64_t stamp_of(const char *file)
{
    struct stat st;
    if (stat(file, &st))
        return 0;
    return key_of(file) ^ st.st_size ^ ((int64_t)st.st_mtim.tv_sec * 1000000000 +
                                        st.st_mtim.tv_nsec);
}

static int find(pn *p, const char *name, const char **file, int64_t *stamp)
{
    const char *own = pn_conf(pn_unit_ctx(p), "link.dir");
    const char *dirs[] = {*own ? own : NULL, pn_printf(p, "%s/link", pni_data_dir())};
    if (!*name || strlen(name) > NAME_MAX_ ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(name))
        return pn_fail(p, PN_ENONE, "connector", pn_tr("There is no connector “%s”"), name);
    for (int i = 0; i < 2; i++) {
        *file = dirs[i] ? pn_printf(p, "%s/%s.yaml", dirs[i], name) : NULL;
        *stamp = *file ? stamp_of(*file) : 0;
        if (*stamp)
            return 0;
    }
    pn_fail(p, PN_ENONE, "connector", pn_tr("There is no connector “%s”"), name);
    return pn_hint(p, pn_tr("Connectors are files of %s and of link.dir"), dirs[1]);
}

int pni_link_open(pn *p, const char *name, pni_link **out)
{
    const char *file = NULL;
    int64_t stamp = 0, kept = 0;
    PN_TRY(find(p, name, &file, &stamp));
    pni_link *l = pni_keep_take(pn_unit_ctx(p), PNI_KEEP_LINKS, key_of(name), &kept);
    if (l && kept == stamp && pni_templates_fresh(l)) {
        *out = l;
        return 0;
    }
    pni_link_free(l);
    PN_TRY(pni_link_load(p, file, name, out));
    (*out)->stamp = stamp;
    return 0;
}

void pni_link_close(pn *p, pni_link *l)
{
    if (l)
        pni_keep_put(pn_unit_ctx(p), PNI_KEEP_LINKS, key_of(l->name), l->stamp, l, l->arena.total,
                     drop);
}

const char *pni_link_name(const pni_link *l)
{
    return l->name;
}

bool pni_link_has(const pni_link *l, const char *call)
{
    return pni_tree_at(l->root, "calls", call) != NULL;
}
