/* SPDX-License-Identifier: Apache-2.0 */
/* scope.c — what `${…}` can name, and texts and JSON made from it.
 *
 * Secrets live in files of keys.dir/link or in the environment and are named, never written, in a
 * connector file. Every one that was used is remembered, so that nothing shown to people holds
 * it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/conf_int.h"
#include "link/engine_int.h"
#include "link/key_int.h"

enum { SECRET_MAX = 64 * 1024, DEPTH_MAX = 8, NONCE_BYTES = 16, REF_MAX = 120 };
/* What names something only with a member behind it, and what does by itself. */
static const char *const maps[] = {"in", "vars", "env", "secret", "value", "let", "time", "page",
    "token", "header", NULL};
static const char *const alone[] = {"nonce", "uuid", "seq", "it", "method", "target", "path", "url",
    "status", "body", "query", "form", "call", "raw", "line", NULL};

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

int pni_scope_make(pn *p, pni_link *l, const pni_pairs *in, pni_scope *out)
{
    struct timespec t;
    unsigned char bytes[NONCE_BYTES];
    char text[2 * NONCE_BYTES + 1];
    clock_gettime(CLOCK_REALTIME, &t); /* a unit's time may be older than a vendor's window */
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return pn_fail(p, PN_EIO, NULL, "%s", strerrordesc_np(errno));
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    *out = (pni_scope){.p = p, .link = l, .in = in,
                       .now = {(int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000},
                       .nonce = pn_strdup(p, text)};
    return out->nonce ? 0 : none(p);
}

bool pni_ref_known(const char *ref)
{
    size_t n = strcspn(ref, "./|?:");
    if (*ref == '/')
        return true;
    for (const char *const *r = alone; *r; r++)
        if (strlen(*r) == n && !strncmp(*r, ref, n))
            return true;
    for (const char *const *r = maps; *r; r++)
        if (ref[n] == '.' && strlen(*r) == n && !strncmp(*r, ref, n))
            return true;
    return false;
}

/* ---- secrets ---- */

static int unreadable(pn *p, const char *path, const char *why)
{
    pn_fail(p, PN_ECONF, NULL, pn_tr("Secret %s: %s"), path, why);
    return pn_hint(p, "%s", pn_tr("Put it there, readable by the owner alone (chmod 600)"));
}

/* Whole file, less the newline at its end if it is text; absent: out->s NULL. */
static int read_secret(pn *p, const char *path, bool guarded, pni_span *out)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *out = (pni_span){NULL, 0};
    if (fd < 0)
        return errno == ENOENT ? 0 : unreadable(p, path, strerrordesc_np(errno));
    char *text = pn_alloc(p, SECRET_MAX + 1);
    bool bad = fstat(fd, &st) || (guarded && (st.st_mode & 077));
    ssize_t n = text ? read(fd, text, SECRET_MAX) : 0;
    close(fd);
    if (!text)
        return none(p);
    if (bad || n < 0)
        return unreadable(p, path, bad ? pn_tr("others can read it; run chmod 600")
                                       : strerrordesc_np(errno));
    bool coded = n > 1 && text[0] == 0x30 && (text[1] & 0x80); /* DER: its last byte may be one */
    while (!coded && n && (text[n - 1] == '\n' || text[n - 1] == '\r'))
        text[--n] = 0;
    *out = (pni_span){text, (size_t)n};
    return 0;
}

/* NULL: no memory. */
static const char *secret_path(pn *p, const char *name)
{
    const char *dir = pn_conf(pn_unit_ctx(p), "keys.dir");
    return *dir ? pn_printf(p, "%s/link/%s", dir, name)
                : pn_printf(p, "%s/keys/link/%s", pn_state_dir(pn_unit_ctx(p)), name);
}

int pni_key_refused(pni_scope *s, const char *ref, int why, bool with_password)
{
    const char *name = strncmp(ref, "secret.", 7) ? ref : ref + 7;
    const char *path = secret_path(s->p, name);
    const char *beside = path ? pn_printf(s->p, "%s_password", path) : NULL;
    if (!beside)
        return none(s->p);
    if (why == PNI_KEY_NONE) {
        pn_fail(s->p, PN_ECONF, NULL, pn_tr("Secret %s: it is no private key"), path);
        return pn_hint(s->p, "%s", pn_tr("Put the key there, as PEM, DER or a PKCS#12 file"));
    }
    if (why == PNI_KEY_STRANGE) {
        pn_fail(s->p, PN_ECONF, NULL,
                pn_tr("Secret %s: OpenSSL does not know the way in which it is locked"), path);
        return pn_hint(s->p, "%s",
                       pn_tr("Install OpenSSL's legacy module, or lock the file anew:"
                             " openssl pkcs12 -in OLD -nodes | openssl pkcs12 -export"));
    }
    if (with_password) {
        pn_fail(s->p, PN_ECONF, NULL, pn_tr("Secret %s does not open with the password in %s"),
                path, beside);
        return pn_hint(s->p, "%s", pn_tr("Put the password that came with the file there, as the"
                                         " only line"));
    }
    pn_fail(s->p, PN_ECONF, NULL, pn_tr("Secret %s is locked with a password"), path);
    return pn_hint(s->p, pn_tr("Put its password into %s, readable by the owner alone (chmod 600)"),
                   beside);
}

static int secret(pni_scope *s, const char *name, pni_span *out)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789_-"
                                  "ABCDEFGHIJKLMNOPQRSTUVWXYZ.";
    if (!*name || *name == '.' || strspn(name, letters) != strlen(name))
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("“%s” is no name of a secret"), name);
    const char *path = secret_path(s->p, name);
    if (!path)
        return none(s->p);
    PN_TRY(read_secret(s->p, path, true, out));
    return out->s && !pni_pairs_put(s->p, &s->secrets, name, *out, true) ? none(s->p) : 0;
}

/* Golden runs know nothing of this machine: what is not given there is not there. A value of the
 * form "@name" is a file beside the golden keys. */
static int given(pni_scope *s, const char *ref, pni_span *out)
{
    const pni_pair *v = pni_pairs_find(s->given, ref);
    *out = v ? v->value : (pni_span){NULL, 0};
    if (!v || v->value.s[0] != '@')
        return 0;
    const char *path = pn_printf(s->p, "%s/%s", s->golden, v->value.s + 1);
    if (!path)
        return none(s->p);
    PN_TRY(read_secret(s->p, path, false, out));
    return out->s ? 0 : pn_fail(s->p, PN_ECONF, NULL, pn_tr("Golden key %s does not exist"), path);
}

/* ---- times ---- */

/* The letters of strftime() that are needed, whatever the locale. */
static void shape(char *out, size_t size, const char *pattern, const struct tm *t, int ms,
                  int zone_h)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    size_t n = 0;
    for (; *pattern && n + 6 < size; pattern++) {
        int number = -1;
        if (*pattern != '%') {
            out[n++] = *pattern;
            continue;
        }
        switch (*++pattern) {
        case 'Y': n += (size_t)snprintf(out + n, size - n, "%04d", t->tm_year + 1900); break;
        case 'm': number = t->tm_mon + 1; break;
        case 'd': number = t->tm_mday; break;
        case 'H': number = t->tm_hour; break;
        case 'M': number = t->tm_min; break;
        case 'S': number = t->tm_sec; break;
        case 'L': n += (size_t)snprintf(out + n, size - n, "%03d", ms); break;
        case 'z': n += (size_t)snprintf(out + n, size - n, "+%02d00", zone_h); break;
        case 'Z': n += (size_t)snprintf(out + n, size - n, "+%02d:00", zone_h); break;
        case 'a': memcpy(out + n, days + 3 * t->tm_wday, 3), n += 3; break;
        case 'b': memcpy(out + n, months + 3 * t->tm_mon, 3), n += 3; break;
        default: break;
        }
        if (number >= 0)
            n += (size_t)snprintf(out + n, size - n, "%02d", number);
    }
    out[n] = 0;
}

static const struct form { const char *name, *pattern; int zone_h; } forms[] = {
    {"compact", "%Y%m%d%H%M%S", 8}, {"date", "%Y%m%d", 8}, {"day", "%Y-%m-%d", 8},
    {"dashed", "%Y-%m-%d %H:%M:%S", 8}, {"dashed_ms", "%Y-%m-%d %H:%M:%S.%L%z", 8},
    {"rfc3339", "%Y-%m-%dT%H:%M:%S%Z", 8}, {"iso_z", "%Y-%m-%dT%H:%M:%SZ", 0},
    {"utc_day", "%Y-%m-%d", 0}, {"rfc1123", "%a, %d %b %Y %H:%M:%S GMT", 0},
    {"clock", "%H%M%S", 8}, {"s", "", 0}, {"ms", "", 0}};

/* "compact" is Chinese time, "compact.utc" is not. */
static const struct form *form_of(const char *name, bool *utc)
{
    size_t n = strcspn(name, ".");
    *utc = !strcmp(name + n, ".utc");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (strlen(forms[i].name) == n && !strncmp(forms[i].name, name, n))
            return !name[n] || *utc ? &forms[i] : NULL;
    return NULL;
}

bool pni_time_form_known(const char *form)
{
    bool utc;
    return form_of(form, &utc) != NULL;
}

static int when(pni_scope *s, pn_time at, const char *name, pni_span *out)
{
    bool utc;
    const struct form *form = form_of(name, &utc);
    char text[64] = "";
    struct tm tm;
    int zone_h = form && !utc ? form->zone_h : 0;
    time_t local = (time_t)(at.us / 1000000) + zone_h * 3600;
    if (form && !*form->pattern)
        snprintf(text, sizeof text, "%lld", (long long)(at.us / (form->name[1] ? 1000 : 1000000)));
    else if (form && gmtime_r(&local, &tm))
        shape(text, sizeof text, form->pattern, &tm, (int)(at.us / 1000 % 1000), zone_h);
    if (!*text)
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("There is no form of time “%s”"), name);
    return pni_span_copy(s->p, text, strlen(text), out);
}

/* ---- filters: ${name|filter} ---- */

static int amount(pni_scope *s, pni_span in, const char *how, pni_span *out)
{
    char text[40];
    if (!in.n || in.n > 17 || strspn(in.s, "0123456789") != in.n)
        return pn_fail(s->p, PN_EARG, NULL, pn_tr("“%s” is no amount in fen"), in.s);
    int64_t fen = strtoll(in.s, NULL, 10);
    if (!strcmp(how, "yuan"))
        snprintf(text, sizeof text, "%" PRId64 ".%02d", fen / 100, (int)(fen % 100));
    else
        snprintf(text, sizeof text, "%012" PRId64, fen);
    return pni_span_copy(s->p, text, strlen(text), out);
}

/* "12.3" and "12.30" are 1230 fen; a third decimal place is not rounded but refused. */
static int from_yuan(pni_scope *s, pni_span in, pni_span *out)
{
    char text[40];
    size_t whole = strspn(in.s, "0123456789");
    bool point = in.s[whole] == '.';
    size_t part = point ? strspn(in.s + whole + 1, "0123456789") : 0;
    if (!whole || whole > 15 || whole + point + part != in.n || (point && !part) ||
        (part > 2 && strspn(in.s + whole + 3, "0") != part - 2))
        return pn_fail(s->p, PN_EPROVIDER, NULL, pn_tr("“%s” is no amount in yuan"), in.s);
    int64_t fen = strtoll(in.s, NULL, 10) * 100;
    fen += part > 0 ? (in.s[whole + 1] - '0') * 10 : 0;
    fen += part > 1 ? in.s[whole + 2] - '0' : 0;
    snprintf(text, sizeof text, "%" PRId64, fen);
    return pni_span_copy(s->p, text, strlen(text), out);
}

bool pni_filter_known(const char *filter)
{
    static const char *const names[] = {"yuan", "fen12", "fen", "digits", "url", "upper", "lower"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], filter))
            return true;
    return pni_time_form_known(filter);
}

static int filter(pni_scope *s, const char *how, pni_span *v)
{
    char *copy;
    if (!strcmp(how, "yuan") || !strcmp(how, "fen12"))
        return amount(s, *v, how, v);
    if (!strcmp(how, "fen"))
        return from_yuan(s, *v, v);
    if (!strcmp(how, "digits")) { /* "000000058000" is 58000 */
        size_t zeros = strspn(v->s, "0");
        if (!v->n || strspn(v->s, "0123456789") != v->n)
            return pn_fail(s->p, PN_EPROVIDER, NULL, pn_tr("“%s” is no whole number"), v->s);
        zeros -= zeros == v->n;
        return pni_span_copy(s->p, v->s + zeros, v->n - zeros, v);
    }
    if (!strcmp(how, "url"))
        return pni_url_encode(s->p, *v, "rfc3986", v);
    if (!strcmp(how, "upper") || !strcmp(how, "lower")) {
        if (!(copy = pn_strdup(s->p, v->s)))
            return none(s->p);
        for (char *c = copy; *c; c++)
            if (*how == 'u' ? *c >= 'a' && *c <= 'z' : *c >= 'A' && *c <= 'Z')
                *c ^= 0x20;
        v->s = copy;
        return 0;
    }
    return when(s, (pn_time){strtoll(v->s, NULL, 10)}, how, v); /* microseconds, as a time */
}

/* ---- references ---- */

static int value_of(pni_scope *s, const char *name, pni_span *out)
{
    const pni_tree *steps = pni_tree_at(s->link->root, "values", name);
    pni_val it = s->it;
    if (!steps)
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("There is no value “%s”"), name);
    /* A value that begins with something optional and absent is absent too. */
    const char *first = steps->n ? pni_tree_text(steps->item[0], "from", NULL) : NULL;
    if (first)
        PN_TRY(pni_ref(s, first, out));
    if (first && !out->s)
        return 0;
    s->it = (pni_val){0};
    PN_TRY(pni_steps(s, steps));
    *out = s->it.text;
    s->it = it;
    return 0;
}

static int variable(pni_scope *s, const char *name, pni_span *out)
{
    const pni_tree *t = pni_tree_at(s->link->root, "vars", name);
    if (!t)
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("There is no variable “%s”"), name);
    return pni_expand(s, t->text, out);
}

static int absent(pni_scope *s, const char *name);

/* "secret.@in.x": the one that the input names. Without that there is none; one that is named must
 * be there, or a call would be made in another's name. */
static int named_secret(pni_scope *s, const char *name_ref, pni_span *out)
{
    pni_span name;
    PN_TRY(pni_ref_may(s, name_ref, &name));
    if (!name.n)
        return 0;
    const char *ref = pn_printf(s->p, "secret.%s", name.s);
    if (!ref)
        return none(s->p);
    PN_TRY(s->given ? given(s, ref, out) : secret(s, name.s, out));
    return out->s ? 0 : absent(s, ref);
}

/* Of the machine and the file. *mine: it was one of these. */
static int outer(pni_scope *s, const char *ref, const char *rest, pni_span *out, bool *mine)
{
    size_t n = (size_t)(rest - ref);
    *mine = true;
    if (!strncmp(ref, "secret.@", 8))
        return named_secret(s, ref + 8, out);
    bool golden = s->given && (!strncmp(ref, "vars", n) || !strncmp(ref, "env", n) ||
                               !strncmp(ref, "secret", n) || !strncmp(ref, "token.", n + 1));
    rest += *rest == '.';
    if (golden) {
        PN_TRY(given(s, ref, out));
        if (out->s || strncmp(ref, "vars", n) != 0)
            return 0;
    }
    if (!strncmp(ref, "vars.", 5))
        return variable(s, rest, out);
    if (!strncmp(ref, "env.", 4)) {
        *out = pni_span_of(pni_env(rest));
        return 0;
    }
    if (!strncmp(ref, "secret.", 7))
        return secret(s, rest, out);
    if (!strncmp(ref, "value.", 6))
        return value_of(s, rest, out);
    if (!strncmp(ref, "time.", 5))
        return when(s, s->now, rest, out);
    if (!strncmp(ref, "token.", 6))
        return pni_token_ref(s, rest, out);
    if (!strcmp(ref, "seq"))
        return pni_seq(s, out);
    if (!strcmp(ref, "nonce") || !strcmp(ref, "uuid")) {
        const char *x = s->nonce;
        *out = pni_span_of(*ref == 'n' ? x
                                       : pn_printf(s->p, "%.8s-%.4s-4%.3s-8%.3s-%.12s", x, x + 8,
                                                   x + 13, x + 17, x + 20));
        return out->s ? 0 : none(s->p);
    }
    *mine = false;
    return 0;
}

static pni_span pair_of(const pni_pairs *list, const char *name)
{
    const pni_pair *v = pni_pairs_find(list, name);
    return v ? v->value : (pni_span){NULL, 0};
}

static int of_message(pni_scope *s, const char *ref, const char *rest, pni_span *out)
{
    const pni_message *m = s->msg;
    if (!m)
        return 0;
    if (!strcmp(ref, "method"))
        *out = pni_span_of(m->method);
    else if (!strcmp(ref, "url"))
        *out = pni_span_of(m->url);
    else if (!strcmp(ref, "target"))
        return pni_message_target(s->p, m, out);
    else if (!strcmp(ref, "path"))
        return pni_message_target(s->p, &(pni_message){.url = m->url}, out);
    else if (!strcmp(ref, "status"))
        *out = pni_span_of(pn_printf(s->p, "%d", m->status));
    else if (!strcmp(ref, "body") || !strcmp(ref, "raw"))
        *out = m->body;
    else if (!strcmp(ref, "query") || !strcmp(ref, "form"))
        return pni_pairs_encode(s->p, *ref == 'q' ? &m->query : &m->form, "rfc3986", out);
    else if (!strncmp(ref, "query.", 6))
        *out = pair_of(&m->query, rest);
    else if (!strncmp(ref, "form.", 5) || (!s->doc && !strncmp(ref, "body.", 5)))
        *out = pair_of(&m->form, rest); /* of a request, the body is what its form will be */
    else if (!strncmp(ref, "header.", 7))
        *out = pair_of(&m->header, rest);
    return 0;
}

int pni_ref_doc(pni_scope *s, const char *ref, const pni_doc **out)
{
    *out = NULL;
    if (s->doc && *ref == '/')
        *out = pni_doc_at(s->p, s->doc, ref);
    else if (s->doc && !strncmp(ref, "body.", 5))
        *out = pni_doc_at(s->p, s->doc, ref + 5);
    else if (s->doc && !strncmp(ref, "raw.", 4))
        *out = pni_doc_at(s->p, s->doc, ref + 4);
    else if (s->line && !strcmp(ref, "line"))
        *out = s->line;
    else if (s->line && !strncmp(ref, "line.", 5))
        *out = pni_doc_at(s->p, s->line, ref + 5);
    return 0;
}

static int inner(pni_scope *s, const char *ref, const char *rest, pni_span *out)
{
    const pni_doc *d;
    rest += *rest == '.';
    if (!strncmp(ref, "in.", 3)) {
        *out = pair_of(s->in, rest);
    } else if (!strncmp(ref, "let.", 4)) {
        *out = pair_of(&s->let, rest);
    } else if (!strcmp(ref, "it")) {
        *out = s->it.text;
    } else if (!strcmp(ref, "call")) {
        *out = pni_span_of(s->call);
    } else if (!strncmp(ref, "page.", 5)) {
        return pni_page_ref(s, rest, out);
    } else {
        PN_TRY(pni_ref_doc(s, ref, &d));
        if (d && !strncmp(ref, "raw.", 4))
            return pni_span_copy(s->p, d->raw.s, d->raw.n, out);
        if (d && (d->kind == PNI_DOC_LIST || d->kind == PNI_DOC_MAP))
            return pni_span_copy(s->p, d->raw.s, d->raw.n, out);
        if (d)
            *out = d->text;
        else
            return of_message(s, ref, rest, out);
    }
    return 0;
}

static int lookup(pni_scope *s, const char *ref, pni_span *out)
{
    bool mine = false;
    *out = (pni_span){NULL, 0};
    if (!pni_ref_known(ref) && pni_tree_at(s->link->root, "vars", ref)) { /* ${key} is vars.key */
        ref = pn_printf(s->p, "vars.%s", ref);
        if (!ref)
            return none(s->p);
    }
    const char *rest = ref + strcspn(ref, ".");
    PN_TRY(outer(s, ref, rest, out, &mine));
    return mine ? 0 : inner(s, ref, rest, out);
}

static int absent(pni_scope *s, const char *name)
{
    bool ours = !strncmp(name, "env.", 4) || !strncmp(name, "secret.", 7) ||
                !strncmp(name, "vars.", 5) || !strncmp(name, "value.", 6);
    pn_fail(s->p, ours ? PN_ECONF : PN_EARG, NULL, pn_tr("Connector %s: %s is not there"),
            s->link->name, name);
    if (!strncmp(name, "env.", 4))
        return pn_hint(s->p, pn_tr("Set %s in the environment"), name + 4);
    if (!strncmp(name, "secret.", 7))
        return pn_hint(s->p, pn_tr("Put it into the file link/%s of the keys' folder"), name + 7);
    return pn_error(s->p)->code;
}

/* name, name? (may be absent), name:-standard, each with |filter behind. */
int pni_ref(pni_scope *s, const char *ref, pni_span *out)
{
    char name[REF_MAX];
    const char *standard = strstr(ref, ":-"), *pipe = standard ? NULL : strchr(ref, '|');
    size_t n = standard ? (size_t)(standard - ref) : pipe ? (size_t)(pipe - ref) : strlen(ref);
    bool optional = n && ref[n - 1] == '?';
    n -= optional;
    if (n >= sizeof name)
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("“%s” is no reference"), ref);
    memcpy(name, ref, n);
    name[n] = 0;
    if (++s->depth > DEPTH_MAX)
        return pn_fail(s->p, PN_ECONF, NULL, pn_tr("“%s” names itself"), ref);
    int rc = lookup(s, name, out);
    s->depth--;
    PN_TRY(rc);
    if (!out->s && standard)
        *out = pni_span_of(pn_strdup(s->p, standard + 2));
    if (out->s && pipe)
        return out->n || !optional ? filter(s, pipe + 1, out) : 0;
    return out->s || optional ? 0 : absent(s, name);
}

int pni_ref_may(pni_scope *s, const char *ref, pni_span *out)
{
    bool may = strpbrk(ref, "?|:") != NULL;
    const char *name = may ? ref : pn_printf(s->p, "%s?", ref);
    return name ? pni_ref(s, name, out) : none(s->p);
}
