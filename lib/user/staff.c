/* SPDX-License-Identifier: Apache-2.0 */
/* staff.c — accounts of people who work here.
 *
 * Every row is read through a scope: staff of a merchant or an organiser see their own colleagues
 * and get "not found" for everybody else. Changing accounts is for administrators. */
#include "staff.h"

#include "base/crypt_int.h"
#include "base/unit_int.h"
#include "guard_int.h"

#include <string.h>

const pn_words pn_staff_states[] = {PN_STAFF_STATES(PN_WORD_ROW){0}};

const pn_type pn_staff_t = {"staff", sizeof(pn_staff), (const pn_col[]){
    PN_COL(pn_staff, id, N_("ID"), .flags = PN_KEY | PN_SORT, .sql = "s.id"),
    PN_COL(pn_staff, login, N_("Login"), .flags = PN_BRIEF | PN_SORT, .sql = "s.login"),
    PN_COL(pn_staff, name, N_("Name"), .flags = PN_BRIEF | PN_SORT, .sql = "s.name"),
    PN_COL(pn_staff, roles, N_("Roles"), .flags = PN_BRIEF, .words = pn_role_words,
           .sql = "s.roles"),
    PN_COL(pn_staff, merchant, N_("Merchant"), .flags = PN_OPT | PN_BRIEF, .ref = "merchant",
           .sql = "s.merchant_id"),
    PN_COL(pn_staff, organiser, N_("Organiser"), .flags = PN_OPT, .ref = "organiser",
           .sql = "s.organiser_id"),
    PN_COL(pn_staff, state, N_("State"), .flags = PN_BRIEF, .words = pn_staff_states,
           .sql = "s.state"),
    PN_COL(pn_staff, grants, N_("Single permissions"), .sql = "s.grants"),
    PN_COL(pn_staff, ip_list, N_("Addresses"), .sql = "s.ip_list"),
    PN_COL(pn_staff, totp, N_("Second factor"), .flags = PN_BRIEF, .sql = "s.totp_confirmed"),
    PN_COL(pn_staff, created_at, N_("Created"), .flags = PN_SORT, .sql = "s.created_at"),
    PN_COL(pn_staff, updated_at, N_("Changed"), .flags = PN_SORT, .sql = "s.updated_at"),
    PN_COL(pn_staff, last_at, N_("Last sign-in"), .flags = PN_NOFILTER,
           .sql = "NULL::timestamptz"),
    PN_COL(pn_staff, locked_until, N_("Locked until"), .flags = PN_NOFILTER,
           .sql = "NULL::timestamptz"),
    PN_COL(pn_staff, failures, N_("Wrong attempts"), .flags = PN_NOFILTER | PN_OPT,
           .sql = "NULL::int"),
    {0}}};

static PN_TYPE(init_t, "staff.init", struct pn_staff_init,
    PN_COL(struct pn_staff_init, login, N_("Login"), .flags = PN_REQ | PN_ARG, .max = 32),
    PN_COL(struct pn_staff_init, name, N_("Name"), .max = 100),
    PN_COL(struct pn_staff_init, password, N_("Password"), .flags = PN_REQ | PN_SECRET));

static PN_TYPE(create_t, "staff.create", struct pn_staff_create,
    PN_COL(struct pn_staff_create, login, N_("Login"), .flags = PN_REQ | PN_ARG, .max = 32,
           .hint = N_("2 to 32 of a-z 0-9 . _ - beginning with a letter")),
    PN_COL(struct pn_staff_create, name, N_("Name"), .flags = PN_REQ, .max = 100),
    PN_COL(struct pn_staff_create, password, N_("Password"), .flags = PN_REQ | PN_SECRET),
    PN_COL(struct pn_staff_create, roles, N_("Roles"),
           .hint = N_("ADMIN OPS FINANCE MERCHANT BOXOFFICE GATE ORGANISER CHANNEL")),
    PN_COL(struct pn_staff_create, merchant, N_("Merchant"), .flags = PN_OPT, .ref = "merchant"),
    PN_COL(struct pn_staff_create, organiser, N_("Organiser"), .flags = PN_OPT,
           .ref = "organiser"),
    PN_COL(struct pn_staff_create, grants, N_("Single permissions"), .max = 1000,
           .hint = N_("show.* -order.refund: adds and takes away")),
    PN_COL(struct pn_staff_create, ip_list, N_("Addresses"), .max = 1000,
           .hint = N_("Networks that may sign in, separated by blanks")));

static PN_TYPE(show_t, "staff.show", struct pn_staff_show,
    PN_COL(struct pn_staff_show, id, N_("Staff"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "staff"));
static PN_TYPE(disable_t, "staff.disable", struct pn_staff_disable,
    PN_COL(struct pn_staff_disable, id, N_("Staff"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "staff"),
    PN_COL(struct pn_staff_disable, reason, N_("Reason"), .max = 200));
static PN_TYPE(enable_t, "staff.enable", struct pn_staff_enable,
    PN_COL(struct pn_staff_enable, id, N_("Staff"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "staff"));
static PN_TYPE(unlock_t, "staff.unlock", struct pn_staff_unlock,
    PN_COL(struct pn_staff_unlock, id, N_("Staff"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "staff"));
static PN_TYPE(passwd_t, "staff.passwd", struct pn_staff_passwd,
    PN_COL(struct pn_staff_passwd, id, N_("Staff"), .flags = PN_KEY | PN_OPT | PN_ARG,
           .ref = "staff", .hint = N_("Oneself when absent")),
    PN_COL(struct pn_staff_passwd, old_password, N_("Old password"), .flags = PN_SECRET),
    PN_COL(struct pn_staff_passwd, new_password, N_("New password"),
           .flags = PN_REQ | PN_SECRET));
static PN_TYPE(role_t, "staff.role", struct pn_staff_role,
    PN_COL(struct pn_staff_role, id, N_("Staff"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "staff"),
    PN_COL(struct pn_staff_role, roles, N_("Roles"),
           .hint = N_("ADMIN OPS FINANCE MERCHANT BOXOFFICE GATE ORGANISER CHANNEL")),
    PN_COL(struct pn_staff_role, merchant, N_("Merchant"), .flags = PN_OPT, .ref = "merchant"),
    PN_COL(struct pn_staff_role, organiser, N_("Organiser"), .flags = PN_OPT,
           .ref = "organiser"));
static PN_TYPE(grant_t, "staff.grant", struct pn_staff_grant,
    PN_COL(struct pn_staff_grant, id, N_("Staff"), .flags = PN_KEY | PN_REQ | PN_ARG,
           .ref = "staff"),
    PN_COL(struct pn_staff_grant, grants, N_("Single permissions"), .max = 1000,
           .hint = N_("show.* -order.refund: adds and takes away")),
    PN_COL(struct pn_staff_grant, ip_list, N_("Addresses"), .max = 1000,
           .hint = N_("Networks that may sign in, separated by blanks")));

/* A row on its way into the table: never printed, never audited. */
struct draft {
    int64_t id;
    const char *login, *name, *password;
    pn_texts roles;
    int64_t merchant, organiser;
    const char *grants, *ip_list;
    pn_word state;
    bool any;
};
static PN_TYPE(draft_t, "staff.draft", struct draft, PN_COL(struct draft, id, ""),
    PN_COL(struct draft, login, ""), PN_COL(struct draft, name, ""),
    PN_COL(struct draft, password, ""), PN_COL(struct draft, roles, ""),
    PN_COL(struct draft, merchant, "", .flags = PN_OPT),
    PN_COL(struct draft, organiser, "", .flags = PN_OPT), PN_COL(struct draft, grants, ""),
    PN_COL(struct draft, ip_list, ""), PN_COL(struct draft, state, "", .words = pn_staff_states),
    PN_COL(struct draft, any, ""));

#define SCOPE                                                                                      \
    "(:my_merchant IS NULL OR s.merchant_id = :my_merchant)"                                       \
    " AND (:my_organiser IS NULL OR s.organiser_id = :my_organiser)"

static const pn_sql load_row = {"staff_load", &show_t, &pn_staff_t,
    "SELECT s.id, s.login, s.name, s.roles, s.merchant_id AS merchant,"
    "  s.organiser_id AS organiser, s.state, s.grants, s.ip_list, s.totp_confirmed AS totp,"
    "  s.created_at, s.updated_at FROM staff s WHERE s.id = :id AND " SCOPE};

static const pn_sql load_login = {"staff_load_login", &show_t, &pn_staff_t,
    "SELECT last_at, locked_until, failures FROM staff_login WHERE sk = :id# AND staff_id = :id"};

static const pn_sql any = {"staff_any", NULL, &draft_t,
    "SELECT EXISTS (SELECT FROM staff) AS any"};

/* Two administrators at the same moment: the second waits here, then finds the first. */
static const pn_sql claim_init = {"staff_claim_init", NULL, NULL,
    "INSERT INTO id_lease (sk, name, next) VALUES (0, 'staff.init', 1)"
    " ON CONFLICT (sk, name) DO UPDATE SET next = id_lease.next"};

static const pn_sql add = {"staff_add", &draft_t, &draft_t,
    "INSERT INTO staff (id, login, name, password, roles, merchant_id, organiser_id, grants,"
    "  ip_list, created_at, updated_at)"
    " VALUES (:id, :login, :name, :password, coalesce(:roles, '{}'), :merchant, :organiser,"
    "  coalesce(:grants, ''), coalesce(:ip_list, ''), :now, :now)"
    " ON CONFLICT (login) DO NOTHING RETURNING id"};

static const pn_sql add_login = {"staff_add_login", &draft_t, NULL,
    "INSERT INTO staff_login (sk, staff_id) VALUES (:id#, :id)"};

static const pn_sql set_state = {"staff_set_state", &draft_t, NULL,
    "UPDATE staff SET state = :state, updated_at = :now, version = version + 1 WHERE id = :id"};

static const pn_sql set_password = {"staff_set_password", &draft_t, NULL,
    "UPDATE staff SET password = :password, updated_at = :now, version = version + 1"
    " WHERE id = :id"};

static const pn_sql set_roles = {"staff_set_roles", &draft_t, NULL,
    "UPDATE staff SET roles = coalesce(:roles, '{}'), merchant_id = :merchant,"
    "  organiser_id = :organiser, updated_at = :now, version = version + 1 WHERE id = :id"};

static const pn_sql set_grants = {"staff_set_grants", &draft_t, NULL,
    "UPDATE staff SET grants = coalesce(:grants, ''), ip_list = coalesce(:ip_list, ''),"
    "  updated_at = :now, version = version + 1 WHERE id = :id"};

static const pn_sql forget_failures = {"staff_unlock", &draft_t, NULL,
    "UPDATE staff_login SET failures = 0, locked_until = NULL"
    " WHERE sk = :id# AND staff_id = :id"};

static const pn_sql by_login = {"staff_by_login", &create_t, &pn_staff_t,
    "SELECT s.id FROM staff s WHERE s.login = :login AND " SCOPE};

typedef struct people_in { pn_texts ids; } people_in;
static PN_TYPE(people_t, "staff.people", people_in, PN_COL(people_in, ids, ""));
/* Of one's own house; ours is everybody's who is of none. Of others, which house it is. */
static const pn_sql names_sql = {"staff_names", &people_t, &pn_staff_t,
    "SELECT s.id, CASE WHEN " SCOPE " THEN s.name END AS name, s.merchant_id AS merchant,"
    "  s.organiser_id AS organiser FROM staff s WHERE s.id = ANY((:ids::text[])::bigint[])"};

/* Most is shown to whoever did it: at a gate, to each scan. */
static const char *own_name(pn *p, int64_t id)
{
    const pn_actor *who = pn_who(p);
    bool is_staff = who->kind && strchr("MOFGBD", who->kind);
    return is_staff && who->id == id && who->name && *who->name ? who->name : NULL;
}

static const char *house_of(const pn_staff *s)
{
    return pn_tr(s->merchant ? N_("Merchant") : s->organiser ? N_("Organiser")
                                                             : N_("The platform"));
}

static void name_them(pn *p, pni_named *who, size_t n)
{
    people_in in = {{pn_alloc(p, n * sizeof *in.ids.v), 0}};
    pn_rows found = {0};
    for (size_t i = 0; in.ids.v && i < n; i++)
        if (!(who[i].name = own_name(p, who[i].id)))
            in.ids.v[in.ids.n++] = pn_printf(p, "%lld", (long long)who[i].id);
    if (!in.ids.n)
        return;
    PN_AUTO_UNIT own = pn_begin_like(p);
    if (!own || pn_all(own, &names_sql, &in, &found))
        return;
    for (size_t r = 0; r < found.n; r++) {
        const pn_staff *s = (const pn_staff *)found.row + r;
        for (size_t i = 0; i < n; i++)
            if (who[i].id == s->id && !(s->name && !*s->name)) {
                who[i].away = !s->name;
                who[i].name = s->name ? pn_strdup(p, s->name) : house_of(s);
            }
    }
}

/* lib/base shows numbers of people, and may not know them: it calls through this. */
__attribute__((constructor)) static void hook(void)
{
    pni_people_hook = name_them;
}

static const pn_list_spec all = {.row = &pn_staff_t, .from = "staff s", .scope = SCOPE,
                                 .key = "s.id", .sort = "login"};

static int load(pn *p, int64_t id, pn_staff *out)
{
    pn_staff moving = {0};
    struct pn_staff_show by = {id};
    int rc = pn_one(p, &load_row, &by, out);
    if (rc == PN_ENONE)
        return pni_guard_no_staff(p, id);
    PN_TRY(rc);
    PN_TRY(pn_one(p, &load_login, &by, &moving));
    out->last_at = moving.last_at;
    out->failures = moving.failures;
    if (moving.locked_until.us > pn_now(p).us)
        out->locked_until = moving.locked_until;
    return PN_OK;
}

/* Change one account and tell the trail what differs. `reason` may be NULL. */
static int change(pn *p, const pn_sql *sql, const struct draft *d, const char *reason,
                  pn_staff *out)
{
    pn_staff before;
    PN_TRY(load(p, d->id, &before));
    PN_TRY(pn_exec(p, sql, d, NULL));
    PN_TRY(load(p, d->id, out));
    return pn_audit(p, "staff", d->id, &pn_staff_t, &before, out, reason);
}

static int check_login(pn *p, const char *login)
{
    size_t len = strlen(login);
    if (len >= 2 && len <= 32 && *login >= 'a' && *login <= 'z' &&
        strspn(login, "abcdefghijklmnopqrstuvwxyz0123456789._-") == len)
        return PN_OK;
    return pn_fail(p, PN_EARG, "login",
                   pn_tr("'%.64s' is no login: 2 to 32 of a-z 0-9 . _ - beginning with a letter"),
                   login);
}

/* Words in any case become the names of role.def; confined roles must say to whose rows. */
static int check_roles(pn *p, struct draft *d)
{
    const uint32_t given = PN_ROLE_ADMIN | PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT |
                           PN_ROLE_BOXOFFICE | PN_ROLE_GATE | PN_ROLE_ORGANISER | PN_ROLE_CHANNEL;
    const char **names = pn_alloc(p, (d->roles.n + 1) * sizeof(*names));
    if (!names)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    for (size_t i = 0; i < d->roles.n; i++) {
        int at = pn_word_find(pn_role_words, d->roles.v[i]);
        if (!at || !(given & 1u << (at - 1))) {
            pn_fail(p, PN_EARG, "roles", pn_tr("'%.64s' is no role of staff"), d->roles.v[i]);
            return pn_hint(p, "ADMIN OPS FINANCE MERCHANT BOXOFFICE GATE ORGANISER CHANNEL");
        }
        names[i] = pn_role_words[at - 1].name;
    }
    d->roles.v = names;
    uint32_t bits = pni_role_bits(&d->roles);
    if (bits & PN_ROLE_MERCHANT && !d->merchant)
        return pn_fail(p, PN_EARG, "merchant", "%s", pn_tr("Staff of a merchant needs its number"));
    if (bits & PN_ROLE_ORGANISER && !d->organiser)
        return pn_fail(p, PN_EARG, "organiser", "%s",
                       pn_tr("Staff of an organiser needs its number"));
    return PN_OK;
}

/* ---- operations ---- */

static int insert(pn *p, struct draft *d, const char *password, pn_staff *out)
{
    struct draft added = {0};
    unsigned char hash[PNI_HASH];
    pni_sha256(d->login, hash); /* spreads people, and their audit trail, over the shards */
    PN_TRY(pn_new_id(p, (hash[0] << 8 | hash[1]) & 4095, &d->id));
    PN_TRY(check_login(p, d->login));
    PN_TRY(check_roles(p, d));
    PN_TRY(pni_guard_ip_list(p, d->ip_list));
    PN_TRY(pni_guard_new_password(p, d->login, password, "password"));
    PN_TRY(pni_password_hash(p, password, &d->password));
    int rc = pn_one(p, &add, d, &added);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_EEXISTS, "login", pn_tr("The login '%s' is taken"), d->login);
    PN_TRY(rc);
    PN_TRY(pn_exec(p, &add_login, d, NULL));
    PN_TRY(load(p, d->id, out));
    return pn_audit(p, "staff", d->id, &pn_staff_t, NULL, out, NULL);
}

static int init(pn *p, const struct pn_staff_init *in, pn_staff *out)
{
    static const char *admin[] = {"ADMIN"};
    struct draft d = {.login = in->login, .name = in->name ? in->name : in->login,
                      .roles = {admin, 1}}, found = {0};
    PN_TRY(pn_exec(p, &claim_init, NULL, NULL));
    PN_TRY(pn_one(p, &any, NULL, &found));
    if (found.any) {
        pn_fail(p, PN_ESTATE, NULL, "%s", pn_tr("There is staff already"));
        return pn_hint(p, "%s", pn_tr("Sign in as administrator and use pn staff create"));
    }
    PN_TRY(pni_crypt_init(p));
    return insert(p, &d, in->password, out);
}

static int create(pn *p, const struct pn_staff_create *in, pn_staff *out)
{
    struct draft d = {.login = in->login, .name = in->name, .roles = in->roles,
                      .merchant = in->merchant, .organiser = in->organiser,
                      .grants = in->grants, .ip_list = in->ip_list};
    return insert(p, &d, in->password, out);
}

static int show(pn *p, const struct pn_staff_show *in, pn_staff *out)
{
    return load(p, in->id, out);
}

static int disable(pn *p, const struct pn_staff_disable *in, pn_staff *out)
{
    struct draft d = {.id = in->id, .state = {PN_STAFF_DISABLED}};
    if (in->id == pn_who(p)->id)
        return pn_fail(p, PN_ESTATE, "id", "%s", pn_tr("Nobody disables himself"));
    PN_TRY(change(p, &set_state, &d, in->reason, out));
    return pni_token_end(p, in->id, 0, true);
}

static int enable(pn *p, const struct pn_staff_enable *in, pn_staff *out)
{
    struct draft d = {.id = in->id, .state = {PN_STAFF_ACTIVE}};
    return change(p, &set_state, &d, NULL, out);
}

static int unlock(pn *p, const struct pn_staff_unlock *in, pn_staff *out)
{
    struct draft d = {.id = in->id};
    return change(p, &forget_failures, &d, NULL, out);
}

static int passwd(pn *p, const struct pn_staff_passwd *in, pn_staff *out)
{
    const pn_actor *me = pn_who(p);
    struct draft d = {.id = in->id ? in->id : me->id};
    bool own = d.id == me->id;
    /* The owner of the database is nobody's account: who else helps the last administrator? */
    bool owner = in->id && me->roles & PN_ROLE_SYSTEM;
    pni_guard g;
    if (!owner)
        PN_TRY(pni_guard_signed_in(p));
    if (!own && !owner && !(me->roles & PN_ROLE_ADMIN))
        return pn_fail(p, PN_EPERM, "id", "%s", pn_tr("Only administrators set others' passwords"));
    int rc = pni_guard_find(p, NULL, d.id, &g);
    if (rc == PN_ENONE)
        return pni_guard_no_staff(p, d.id);
    PN_TRY(rc);
    if (own && !in->old_password)
        return pn_fail(p, PN_EARG, "old_password", "%s", pn_tr("The old password is needed"));
    if (own)
        PN_TRY(pni_guard_password(p, &g, in->old_password, "old_password"));
    PN_TRY(pni_guard_new_password(p, g.login, in->new_password, "new_password"));
    PN_TRY(pni_password_hash(p, in->new_password, &d.password));
    PN_TRY(change(p, &set_password, &d, NULL, out));
    return pni_token_end(p, d.id, own ? me->token : 0, false);
}

static int role(pn *p, const struct pn_staff_role *in, pn_staff *out)
{
    struct draft d = {.id = in->id, .roles = in->roles, .merchant = in->merchant,
                      .organiser = in->organiser};
    PN_TRY(check_roles(p, &d));
    if (in->id == pn_who(p)->id && !(pni_role_bits(&d.roles) & PN_ROLE_ADMIN))
        return pn_fail(p, PN_ESTATE, "roles", "%s",
                       pn_tr("Nobody takes his own administration away"));
    return change(p, &set_roles, &d, NULL, out);
}

static int grant(pn *p, const struct pn_staff_grant *in, pn_staff *out)
{
    struct draft d = {.id = in->id, .grants = in->grants, .ip_list = in->ip_list};
    PN_TRY(pni_guard_ip_list(p, in->ip_list));
    return change(p, &set_grants, &d, NULL, out);
}

static int resolve(pn *p, const char *text, int64_t *id)
{
    pn_staff found = {0};
    struct pn_staff_create by = {.login = text};
    int rc = pn_one(p, &by_login, &by, &found);
    if (rc == PN_ENONE)
        return pn_fail(p, PN_ENONE, NULL, pn_tr("Nobody has the login '%.64s'"), text);
    *id = found.id;
    return rc;
}

PN_OP(staff, init, pn_staff, .brief = N_("Make the first administrator and the secret keys"),
      .in = &init_t, .out = &pn_staff_t, .may = PN_ROLE_SYSTEM | PN_ROLE_PUBLIC,
      .flags = PN_WRITE | PN_LOCAL | PN_HIDDEN, .example = "pn init admin")
PN_OP(staff, create, pn_staff, .brief = N_("Make an account"), .in = &create_t,
      .out = &pn_staff_t, .may = PN_ROLE_ADMIN, .flags = PN_WRITE | PN_ONCE,
      .example = "pn staff create li --name 李雷 --roles BOXOFFICE --password-file p")
PN_OP(staff, show, pn_staff, .brief = N_("Show an account"), .in = &show_t, .out = &pn_staff_t,
      .may = PN_ROLE_OPS | PN_ROLE_MERCHANT | PN_ROLE_ORGANISER, .example = "pn staff show li")
PN_OP_LIST(staff, list, all, .brief = N_("List accounts"), .out = &pn_staff_t,
           .may = PN_ROLE_OPS | PN_ROLE_MERCHANT | PN_ROLE_ORGANISER,
           .example = "pn staff list --state active")
PN_OP(staff, disable, pn_staff, .brief = N_("Close an account and end its tokens"),
      .in = &disable_t, .out = &pn_staff_t, .may = PN_ROLE_ADMIN,
      .flags = PN_WRITE | PN_ONCE | PN_DANGER, .example = "pn staff disable li --reason left",
      .undo = "enable")
PN_OP(staff, enable, pn_staff, .brief = N_("Open a closed account again"), .in = &enable_t,
      .out = &pn_staff_t, .may = PN_ROLE_ADMIN, .flags = PN_WRITE | PN_ONCE,
      .example = "pn staff enable li", .undo = "disable")
PN_OP(staff, unlock, pn_staff, .brief = N_("Forget wrong sign-in attempts"), .in = &unlock_t,
      .out = &pn_staff_t, .may = PN_ROLE_ADMIN, .flags = PN_WRITE | PN_ONCE,
      .example = "pn staff unlock li",
      .lasting = N_("It locks itself again after wrong passwords"))
PN_OP(staff, passwd, pn_staff, .brief = N_("Set a password; other logins end"), .in = &passwd_t,
      .out = &pn_staff_t, .may = PN_ROLE_PUBLIC, .flags = PN_WRITE,
      .example = "pn staff passwd")
PN_OP(staff, role, pn_staff, .brief = N_("Set the roles and whose rows they see"), .in = &role_t,
      .out = &pn_staff_t, .may = PN_ROLE_ADMIN, .flags = PN_WRITE | PN_ONCE,
      .example = "pn staff role li --roles OPS,FINANCE")
PN_OP(staff, grant, pn_staff, .brief = N_("Set single permissions and allowed addresses"),
      .in = &grant_t, .out = &pn_staff_t, .may = PN_ROLE_ADMIN, .flags = PN_WRITE | PN_ONCE,
      .example = "pn staff grant li --grants 'order.refund -show.*'")

const pn_module pn_staff_module = {"staff", N_("Staff"),
    .ops = PN_LIST(pn_op, &staff_list_op, &staff_show_op, &staff_create_op, &staff_disable_op,
                   &staff_enable_op, &staff_unlock_op, &staff_passwd_op, &staff_role_op,
                   &staff_grant_op, &staff_init_op),
    .sql = PN_LIST(pn_sql, &load_row, &load_login, &any, &claim_init, &add, &add_login, &set_state,
                   &set_password, &set_roles, &set_grants, &forget_failures, &by_login, &names_sql),
    .resolve = resolve};
