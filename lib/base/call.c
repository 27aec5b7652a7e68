/* SPDX-License-Identifier: Apache-2.0 */
/* call.c — the one way into an operation. */
#include <stdio.h>
#include <string.h>

#include "base/call_int.h"

/* "show.*" "*.list" "order.refund" against noun.verb */
static bool grant_match(const char *grant, size_t len, const pn_op *op)
{
    const char *dot = memchr(grant, '.', len);
    if (!dot)
        return false;
    size_t noun = (size_t)(dot - grant), verb = len - noun - 1;
    return ((noun == 1 && *grant == '*') ||
            (strlen(op->noun) == noun && !strncmp(op->noun, grant, noun))) &&
           ((verb == 1 && dot[1] == '*') ||
            (strlen(op->verb) == verb && !strncmp(op->verb, dot + 1, verb)));
}

bool pn_may(const pn *p, const pn_op *op)
{
    uint32_t roles = p->actor.roles | PN_ROLE_PUBLIC;
    bool ok = op->may & roles || roles & PN_ROLE_ADMIN;
    for (const char *s = p->actor.grants; s && *s;) {
        size_t len = strcspn(s, " ");
        bool minus = *s == '-';
        if (len > (size_t)minus && grant_match(s + minus, len - minus, op))
            ok = !minus;
        s += len + strspn(s + len, " ");
    }
    return ok;
}

int pni_permit(pn *p, const pn_op *op)
{
    if (pn_may(p, op))
        return 0;
    if (!(p->actor.roles & ~(uint32_t)PN_ROLE_PUBLIC)) {
        pn_fail(p, PN_EAUTH, NULL, pn_tr("Sign in to use \"%s %s\""), op->noun, op->verb);
        return pn_hint(p, "%s", pn_tr("pn login, or pass a token"));
    }
    return pn_fail(p, PN_EPERM, NULL, pn_tr("%s may not use \"%s %s\""), p->actor.login, op->noun,
                   op->verb);
}

static int read_op(pn *p, const pn_op *op, const void *in, void *out)
{
    size_t size = op->list ? sizeof(pn_page) : op->out ? op->out->size : 1;
    void *fresh = pn_alloc(p, size);
    int rc = fresh ? 0 : pni_oom(p);
    for (int tries = 0; fresh; tries++) {
        p->lost = false;
        rc = op->list ? pni_list_run(p, op, in, fresh) : pni_run_nested(p, op, in, fresh);
        if (!rc || !p->lost || p->err.code != PN_EDATABASE || tries)
            break;
        pni_db_release(p); /* an idle connection may have died: once more on a fresh one */
    }
    if (!rc && out && (op->list || op->out))
        memcpy(out, fresh, size);
    return rc;
}

static int write_op(pn *p, const pn_op *op, const void *in, void *out)
{
    pn_request asked = {.in = in, .key = p->key};
    asked.out = pn_alloc(p, op->out ? op->out->size : 1);
    pni_call one = {.r = asked, .asked = &asked, .actor = p->actor, .single = true};
    pni_call *list[] = {&one};
    asked.out = out;
    if (!one.r.out)
        return pni_oom(p);
    PN_TRY(pni_key_describe(p, op, &one));
    p->call = &one;
    int rc = pni_settle(p, op, list, 1, 0);
    p->call = NULL;
    if (rc)
        return rc;
    if (asked.rc)
        p->err = asked.err;
    return asked.rc;
}

const pn_op *pni_outer_op(const pn *p)
{
    return p->op;
}

const char *pni_field_of(const pn *p, const char *noun)
{
    const pn_op *op = p->op;
    const char *found = NULL;
    for (const pn_col *c = op && op->in ? op->in->cols : NULL; c && c->name; c++) {
        if (c->flags & PN_KEY && !strcmp(op->noun, noun))
            return c->name; /* the row that it is about */
        if (!found && c->ref && !strcmp(c->ref, noun))
            found = c->name;
    }
    return found ? found : pni_field_or(p, "id", NULL);
}

static bool takes(const pn_type *type, const char *field)
{
    for (const pn_col *c = type ? type->cols : NULL; c && c->name; c++)
        if (!strcmp(c->name, field) || (c->of && takes(c->of, field)))
            return true;
    return false;
}

const char *pni_field_or(const pn *p, const char *field, const char *other)
{
    const pn_type *in = p->op ? p->op->in : NULL;
    return takes(in, field) ? field : other && takes(in, other) ? other : NULL;
}

/* A list is filtered by its columns, and counted; a key comes with any call. */
static bool comes_beside(const pn_op *op, const char *field)
{
    if (!strcmp(field, "idempotency_key"))
        return true;
    bool counts = !strcmp(field, "count") || !strcmp(field, "since");
    return op->list && (counts || takes(op->out, field));
}

void pni_point(const pn_op *op, pn_err *err)
{
    const pn_col *c = op->in ? op->in->cols : NULL;
    if (!err->field || takes(op->in, err->field) || comes_beside(op, err->field))
        return;
    while (c && c->name && !(c->flags & PN_KEY))
        c++;
    err->field = c ? c->name : NULL;
}

int pn_call(pn *p, const pn_op *op, const void *in, void *out)
{
    if (!p)
        return PN_EMEM;
    if (!in && op->in && !(in = pn_alloc(p, op->in->size))) /* an empty one */
        return pni_oom(p);
    if (p->depth) { /* joins the outer call */
        PN_TRY(pn_validate(p, op->in, in));
        void *fresh = out ? out : pn_alloc(p, op->out ? op->out->size : 1);
        return !fresh ? pni_oom(p) : op->list ? pni_list_run(p, op, in, out)
                                              : pni_run_nested(p, op, in, fresh);
    }
    pni_err_clear(p);
    PN_TRY(pni_permit(p, op));
    PN_TRY(pn_validate(p, op->in, in));
    const char *key = p->key;
    if (!(op->flags & PN_ONCE))
        p->key = NULL; /* its answer must not be stored: it may hold a secret told once */
    p->op = op;
    p->op_in = in;
    p->depth++;
    int rc = op->flags & PN_WRITE ? write_op(p, op, in, out) : read_op(p, op, in, out);
    if (rc) {
        pni_db_rollback(p);
        pni_point(op, &p->err);
    }
    p->key = key;
    p->depth--;
    pni_db_release(p);
    return rc;
}
