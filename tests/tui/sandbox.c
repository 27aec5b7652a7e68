/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox.c — a box office without a database, for the console's tests: the same operations as
 * tables, answered by arithmetic. Linked into the tests' own copy of the console in place of the
 * library's catalogue of modules and pn_call(). Files of $PN_SANDBOX steer it while it runs:
 * "stop" makes every call wait until the file is gone, "down" makes it fail as without a database;
 * "late" holds the search that waits.
 */
#include "config.h"

#include "sandbox_int.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SHOWS = 1000000, SESSIONS = 3, TIERS = 4, ORDERS = 240 };
enum { MINUTE = 60, DAY = 86400 };

#define STATES(W)                                                                                  \
    W(SHOW, DRAFT, N_("Draft"), 'w')                                                               \
    W(SHOW, ON_SALE, N_("On sale"), 'g') W(SHOW, ENDED, N_("Ended"), 'd')
static const pn_words states[] = {STATES(PN_WORD_ROW){0}};

static const char *const titles[] = {
    "周杰伦嘉年华世界巡回演唱会·上海站",
    "开心麻花爆笑舞台剧《夏洛特烦恼》",
    "德云社北京相声大会",
    "孟京辉经典戏剧《恋爱的犀牛》",
    "The Phantom of the Opera",
    "国家大剧院版歌剧《茶花女》",
    "上海交响乐团：马勒第九交响曲",
    "陶身体剧场《13》《14》",
    "一个故意写得非常非常非常长的演出名称用来检查截断是否总在字的边界上发生",
    "Hostile \033[31m\u202e title \u200b🎫 here",
};
enum { TITLES = sizeof titles / sizeof *titles };

static const char *const names[] = {"内场 A 区", "看台 B 区", "看台 C 区", "站席"};
static const int prices[] = {128000, 88000, 58000, 38000};

/* ---- types ---- */

typedef struct {
    int64_t id;
    const char *title, *venue;
    pn_word state;
    pn_time start_at;
    int64_t sold;
} show;
static PN_TYPE(show_t, "show", show, PN_COL(show, id, N_("Id"), .flags = PN_KEY),
               PN_COL(show, title, N_("Title"), .flags = PN_BRIEF | PN_SORT),
               PN_COL(show, venue, N_("Venue"), .flags = PN_BRIEF),
               PN_COL(show, state, N_("State"), .flags = PN_BRIEF, .words = states),
               PN_COL(show, start_at, N_("Start"), .flags = PN_BRIEF | PN_SORT),
               PN_COL(show, sold, N_("Sold"), .flags = PN_BRIEF | PN_SORT));
typedef struct {
    int64_t id, show;
    pn_time start_at;
    pn_word state;
    const char *hall;
} session;
static PN_TYPE(session_t, "session", session, PN_COL(session, id, N_("Id"), .flags = PN_KEY),
               PN_COL(session, show, N_("Show"), .flags = PN_BRIEF),
               PN_COL(session, start_at, N_("Start"), .flags = PN_BRIEF | PN_SORT),
               PN_COL(session, hall, N_("Hall"), .flags = PN_BRIEF),
               PN_COL(session, state, N_("State"), .flags = PN_BRIEF, .words = states));
typedef struct {
    int64_t id, session;
    const char *name;
    pn_money price;
    int64_t left;
} tier;
static PN_TYPE(tier_t, "tier", tier, PN_COL(tier, id, N_("Id"), .flags = PN_KEY),
               PN_COL(tier, session, N_("Session"), .flags = PN_BRIEF),
               PN_COL(tier, name, N_("Name"), .flags = PN_BRIEF),
               PN_COL(tier, price, N_("Price"), .flags = PN_BRIEF),
               PN_COL(tier, left, N_("Left"), .flags = PN_BRIEF));
typedef struct {
    const char *what;
    int qty;
    pn_money amount;
} item;
static PN_TYPE(item_t, "item", item, PN_COL(item, what, N_("Tier"), .flags = PN_BRIEF),
               PN_COL(item, qty, N_("Quantity"), .flags = PN_BRIEF),
               PN_COL(item, amount, N_("Amount"), .flags = PN_BRIEF));
typedef struct {
    int64_t id;
    const char *no, *buyer;
    pn_word state;
    pn_money amount;
    pn_time created_at;
    pn_rows next, items, log;
} order;
typedef struct {
    pn_time at;
    const char *event, *by;
} event;
static PN_TYPE(event_t, "event", event, PN_COL(event, at, N_("Time"), .flags = PN_BRIEF),
               PN_COL(event, event, N_("Event"), .flags = PN_BRIEF),
               PN_COL(event, by, N_("By"), .flags = PN_BRIEF));
typedef struct {
    const char *what, *noun, *verb;
} way;
static PN_TYPE(way_t, "order.next", way, PN_COL(way, what, N_("Action"), .flags = PN_BRIEF),
               PN_COL(way, noun, N_("Noun"), .flags = PN_BRIEF),
               PN_COL(way, verb, N_("Verb"), .flags = PN_BRIEF));
static PN_TYPE(order_t, "order", order, PN_COL(order, id, N_("Id"), .flags = PN_KEY),
               PN_COL(order, no, N_("Number"), .flags = PN_BRIEF),
               PN_COL(order, buyer, N_("Buyer"), .flags = PN_BRIEF),
               PN_COL(order, state, N_("State"), .flags = PN_BRIEF, .words = states),
               PN_COL(order, amount, N_("Amount"), .flags = PN_BRIEF | PN_SORT),
               PN_COL(order, created_at, N_("Created"), .flags = PN_BRIEF | PN_SORT),
               PN_COL(order, next, N_("Can be done now"), .of = &way_t),
               PN_COL(order, items, N_("Items"), .of = &item_t),
               PN_COL(order, log, N_("Timeline"), .of = &event_t));
struct key {
    int64_t id;
};
static PN_TYPE(key_t_, "key", struct key,
               PN_COL(struct key, id, N_("Id"), .flags = PN_KEY | PN_REQ | PN_ARG));
struct edit {
    int64_t id;
    const char *title, *venue;
    pn_word state;
};
static PN_TYPE(edit_t, "show.edit", struct edit,
               PN_COL(struct edit, id, N_("Id"), .flags = PN_KEY | PN_REQ | PN_ARG),
               PN_COL(struct edit, title, N_("Title"), .flags = PN_REQ, .max = 80),
               PN_COL(struct edit, venue, N_("Venue"), .hint = N_("Name of a venue")),
               PN_COL(struct edit, state, N_("State"), .words = states));
struct login {
    const char *login, *password, *device;
};
static PN_TYPE(login_t, "auth.login", struct login,
               PN_COL(struct login, login, N_("Login"), .flags = PN_REQ),
               PN_COL(struct login, password, N_("Password"), .flags = PN_REQ | PN_SECRET),
               PN_COL(struct login, device, N_("Device")));
typedef struct {
    const char *token;
} token;
static PN_TYPE(token_t, "token", token, PN_COL(token, token, N_("Token")));
/* ---- rows ---- */

static void make_show(pn *p, int64_t i, show *s)
{
    (void)p;
    *s = (show){.id = i + 1,
                .title = titles[i % TITLES],
                .venue = i % 2 ? "上海文化广场" : "梅赛德斯-奔驰文化中心",
                .state = {(int16_t)(i % 3 + 1)},
                .start_at = {(evening + i * DAY % (300 * DAY)) * 1000000},
                .sold = i * 37 % 11000};
}

static void make_session(int64_t of, int64_t i, session *s)
{
    *s = (session){.id = of * 10 + i,
                   .show = of,
                   .hall = i % 2 ? "大剧场" : "主馆",
                   .start_at = {(evening + i * DAY) * 1000000},
                   .state = {2}};
}

static void make_tier(int64_t of, int64_t i, tier *t)
{
    *t = (tier){.id = of * 10 + i,
                .session = of,
                .name = names[i],
                .price = {prices[i]},
                .left = i == 3 ? 0 : 31 * (i + 1)};
}

static void make_order(pn *p, int64_t i, order *o)
{
    *o = (order){.id = i + 1,
                 .no = pn_printf(p, "PN26112300%04d7", (int)i),
                 .buyer = i % 2 ? "李*" : "王*敏",
                 .state = {(int16_t)(i % 3 + 1)},
                 .amount = {128000 * (i % 4 + 1)},
                 .created_at = {(evening - i * 7 * MINUTE) * 1000000}};
}

static int order_show(pn *p, const void *in, void *out)
{
    const struct key *key = in;
    order *o = out;
    if (key->id < 1 || key->id > ORDERS)
        return pn_fail(p, PN_ENONE, "id", "There is no order %" PRId64, key->id);
    make_order(p, key->id - 1, o);
    item *items = pn_alloc(p, 2 * sizeof *items);
    event *log = pn_alloc(p, 3 * sizeof *log);
    items[0] = (item){"内场 A 区", 2, {256000}};
    items[1] = (item){"看台 C 区", 1, {58000}};
    for (int i = 0; i < 3; i++)
        log[i] = (event){{(evening + i * MINUTE) * 1000000},
                         i ? i == 1 ? "PAID" : "ISSUED" : "SUBMITTED",
                         "赵兰"};
    way *next = pn_alloc(p, sizeof *next);
    *next = (way){"Cancel an order", "order", "cancel"};
    o->next = (pn_rows){next, 1};
    o->items = (pn_rows){items, 2};
    o->log = (pn_rows){log, 3};
    return 0;
}

static int show_show(pn *p, const void *in, void *out)
{
    const struct key *key = in;
    if (key->id < 1 || key->id > SHOWS)
        return pn_fail(p, PN_ENONE, "id", "There is no show %" PRId64, key->id);
    make_show(p, key->id - 1, out);
    return 0;
}

static int show_edit(pn *p, const void *in, void *out)
{
    const struct edit *edit = in;
    if (!edit->title || !*edit->title)
        return pn_fail(p, PN_EARG, "title", "Title must be given");
    make_show(p, edit->id - 1, out);
    ((show *)out)->title = edit->title;
    return 0;
}

static int auth_login(pn *p, const void *in, void *out)
{
    const struct login *login = in;
    if (!login->password || strcmp(login->password, "demo") != 0) {
        (void)pn_fail(p, PN_EAUTH, "password", "Login or password is wrong");
        return pn_hint(p, "4 attempts left");
    }
    ((token *)out)->token = pn_printf(p, "pnt_%s", login->login);
    return 0;
}

/* ---- lists ---- */

static void row_show(pn *p, int64_t parent, int64_t i, void *row)
{
    (void)parent;
    make_show(p, i, row);
}

static void row_session(pn *p, int64_t parent, int64_t i, void *row)
{
    (void)p;
    make_session(parent, i, row);
}

static void row_tier(pn *p, int64_t parent, int64_t i, void *row)
{
    (void)p;
    make_tier(parent, i, row);
}

static void row_order(pn *p, int64_t parent, int64_t i, void *row)
{
    (void)parent;
    make_order(p, i, row);
}

static const pn_list_spec shows = {SHOWS, row_show, NULL},
                          sessions = {SESSIONS, row_session, "show"},
                          tiers = {TIERS, row_tier, "session"}, orders = {ORDERS, row_order, NULL};

const char *sandbox_term(pn *p, const char *where, const char *name)
{
    size_t n = strlen(name);
    for (const char *at = where; at && *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (!strncmp(at, name, n) && at[n] == '=')
            return pn_printf(p, "%.*s", (int)strcspn(at + n + 1, " "), at + n + 1);
    return "";
}

static bool keeps(const pn_op *op, const void *row, const char *state, const char *q)
{
    const pn_col *words = pn_type_col(op->out, "state"), *title = pn_type_col(op->out, "title");
    pn_word w = {0};
    const char *text = "";
    if (words)
        memcpy(&w, (const char *)row + words->offset, sizeof w);
    if (title)
        memcpy(&text, (const char *)row + title->offset, sizeof text);
    if (*state && words && pn_word_find(words->words, state) != w.v)
        return false;
    return !q || !*q || strstr(text, q) || !strcmp(q, "zjl");
}

enum { COUNTED = 5000 }; /* of longer lists: an estimate will do */

/* Numbers by a column of words, or of all rows. */
static void count_call(pn *p, const pn_op *op, const pn_list *in, pn_page *out)
{
    const pn_list_spec *spec = op->list;
    const pn_col *by = pn_type_col(op->out, in->count), *money = pn_count_money(op);
    const char *state = sandbox_term(p, in->where, "state");
    int64_t parent = spec->by ? strtoll(sandbox_term(p, in->where, spec->by), NULL, 10) : 0;
    pn_count *c = pn_alloc(p, 9 * sizeof *c);
    size_t n = by && by->words ? 0 : 1;
    for (; by && by->words && by->words[n].name; n++)
        c[n].value = by->words[n].name;
    c[0].value = c[0].value ? c[0].value : "";
    int64_t all = spec->rows ? spec->rows() : spec->count;
    for (int64_t i = 0; i < all && i < COUNTED; i++) {
        char *row = pn_alloc(p, op->out->size);
        pn_word w = {1};
        pn_money m = {0};
        spec->make(p, parent, i, row);
        if (by && by->words)
            memcpy(&w, row + by->offset, sizeof w);
        if (money)
            memcpy(&m, row + money->offset, sizeof m);
        if (keeps(op, row, state, in->q)) {
            c[w.v - 1].rows++;
            c[w.v - 1].money.fen += m.fen;
        }
    }
    *out = (pn_page){{c, n}, NULL};
}

/* The file "sold" names a show of which more was sold, "gone" one that is no longer there. */
static bool changed(const pn_op *op, void *row)
{
    show *s = row;
    if (op->list != &shows)
        return true;
    if (s->id == sandbox_steered_to("sold"))
        s->sold = 77777;
    return s->id != sandbox_steered_to("gone");
}

/* The file "extra" tells how many shows stand before the first. */
static void make(pn *p, const pn_list_spec *spec, int64_t parent, int64_t i, void *row)
{
    int64_t extra = spec == &shows ? sandbox_steered_to("extra") : 0;
    spec->make(p, parent, i < extra ? SHOWS + i : i - extra, row);
}

static const char *steered_text(pn *p, const char *what);

static int list_call(pn *p, const pn_op *op, const pn_list *in, pn_page *out)
{
    const pn_list_spec *spec = op->list;
    int64_t limit = in->limit ? in->limit : 50, i = in->after ? strtoll(in->after, NULL, 10) : 0,
            n = 0;
    bool back = in->sort && *in->sort == '~', down = in->sort && in->sort[back] == '-';
    const char *state = sandbox_term(p, in->where, "state");
    int64_t parent = spec->by ? strtoll(sandbox_term(p, in->where, spec->by), NULL, 10) : 0;
    int64_t rows = spec->rows ? spec->rows() : spec->count;
    char *row, *all = pn_alloc(p, (size_t)limit * op->out->size);
    while (in->q && *in->q && !strcmp(steered_text(p, "late"), in->q))
        usleep(10000);
    if (in->where && strchr(in->where, '?'))
        return pn_fail(p, PN_EARG, "where", "“?” is no operator");
    if (in->count) {
        count_call(p, op, in, out);
        return 0;
    }
    for (; i < rows && n < limit; i++) {
        row = all + (size_t)n * op->out->size;
        make(p, spec, parent, down != back ? rows - 1 - i : i, row);
        n += keeps(op, row, state, in->q) && changed(op, row);
    }
    *out = (pn_page){{all, (size_t)n}, i < rows ? pn_printf(p, "%" PRId64, i) : NULL};
    return 0;
}

/* ---- the catalogue ---- */

OP(op_login, "auth", "login", N_("Sign in"), .in = &login_t, .out = &token_t, .run = auth_login);
OP(op_shows, "show", "list", N_("List shows"), .in = &pn_list_t, .out = &show_t, .list = &shows);
OP(op_show, "show", "show", N_("Show a show"), .in = &key_t_, .out = &show_t, .run = show_show);
OP(op_edit, "show", "edit", N_("Change a show"), .in = &edit_t, .out = &show_t, .run = show_edit,
   .flags = PN_WRITE);
OP(op_publish, "show", "publish", N_("Publish a show"), .in = &key_t_, .out = &show_t,
   .run = show_show, .flags = PN_WRITE | PN_DANGER);
OP(op_sessions, "session", "list", N_("List sessions"), .in = &pn_list_t, .out = &session_t,
   .list = &sessions);
OP(op_tiers, "tier", "list", N_("List tiers"), .in = &pn_list_t, .out = &tier_t, .list = &tiers);
OP(op_orders, "order", "list", N_("List orders"), .in = &pn_list_t, .out = &order_t,
   .list = &orders);
OP(op_order, "order", "show", N_("Show an order"), .in = &key_t_, .out = &order_t,
   .run = order_show);

static const pn_module m_auth = {"auth", N_("Accounts"), PN_LIST(pn_op, &op_login)};
static const pn_module m_show = {"show", N_("Shows"),
                                 PN_LIST(pn_op, &op_shows, &op_show, &op_edit, &op_publish)};
static const pn_module m_session = {"session", N_("Sessions"), PN_LIST(pn_op, &op_sessions)};
static const pn_module m_tier = {"tier", N_("Tiers"), PN_LIST(pn_op, &op_tiers)};
OP(op_reveal, "order", "reveal", N_("Show the buyer of an order"), .in = &key_t_, .out = &order_t,
   .run = order_show, .flags = PN_WRITE | PN_ALONE);
OP(op_cancel, "order", "cancel", N_("Cancel an order"), .in = &key_t_, .out = &order_t,
   .run = order_show, .flags = PN_WRITE);
OP(op_refund, "order", "refund", N_("Refund an order"), .in = &key_t_, .out = &order_t,
   .run = order_show, .flags = PN_WRITE | PN_DANGER);
static const pn_module m_order = {
    "order", N_("Orders"),
    PN_LIST(pn_op, &op_orders, &op_order, &op_reveal, &op_cancel, &op_refund)};

const pn_module *const *pn_modules(void)
{
    static const pn_module *const all[] = {
        &m_auth, &m_show, &m_session, &m_tier, &m_order, &sandbox_board, &sandbox_gate,
        &sandbox_claim,
        &sandbox_listing, &sandbox_price, &sandbox_seat, &sandbox_hold,
        &sandbox_zone_plan,
        &sandbox_view, &sandbox_policy, &sandbox_wallet, &sandbox_bulk, &sandbox_audit, NULL};
    return all;
}

const pn_module *pn_module_find(const char *noun)
{
    for (const pn_module *const *m = pn_modules(); *m; m++)
        if (!strcmp((*m)->noun, noun))
            return *m;
    return NULL;
}

const pn_op *pn_op_find(const char *noun, const char *verb)
{
    const pn_module *m = pn_module_find(noun);
    for (const pn_op *const *op = m ? m->ops : NULL; op && *op; op++)
        if (!strcmp((*op)->verb, verb))
            return *op;
    return NULL;
}

/* The file "environment": this is the place where money is real. */
const char *pn_conf(const pn_ctx *ctx, const char *key)
{
    (void)ctx;
    return !strcmp(key, "environment") && sandbox_steered(key) ? "production" : "";
}

static char signed_in[64];

bool pn_may(const pn *p, const pn_op *op)
{
    (void)p;
    if (!strcmp(op->noun, "board") && sandbox_steered("no-figures"))
        return false;
    return *signed_in || op == &op_login;
}

int pn_signin(pn *p, const char *text)
{
    if (strncmp(text, "pnt_", 4) != 0)
        return pn_fail(p, PN_EAUTH, NULL, "The token is not known");
    snprintf(signed_in, sizeof signed_in, "%s", text + 4);
    pn_act_as(p,
              &(pn_actor){
                  .kind = 'O', .id = 1, .login = signed_in, .name = "王敏", .roles = PN_ROLE_OPS});
    return 0;
}

bool sandbox_steered(const char *what)
{
    char path[512];
    const char *dir = getenv("PN_SANDBOX");
    snprintf(path, sizeof path, "%s/%s", dir ? dir : "/nonexistent", what);
    return !access(path, F_OK);
}

/* The first line of a file, "" without. */
static const char *steered_text(pn *p, const char *what)
{
    char path[512], text[64] = "";
    const char *dir = getenv("PN_SANDBOX");
    snprintf(path, sizeof path, "%s/%s", dir ? dir : "/nonexistent", what);
    FILE *f = fopen(path, "r");
    if (f && !fgets(text, sizeof text, f))
        *text = 0;
    if (f)
        fclose(f);
    return pn_printf(p, "%s", text);
}

int64_t sandbox_steered_to(const char *what)
{
    char path[512], text[32] = "";
    const char *dir = getenv("PN_SANDBOX");
    snprintf(path, sizeof path, "%s/%s", dir ? dir : "/nonexistent", what);
    FILE *f = fopen(path, "r");
    int64_t n = f && fgets(text, sizeof text, f) ? strtoll(text, NULL, 10) : 0;
    if (f)
        fclose(f);
    return n;
}

static _Thread_local bool dry;

bool sandbox_dry(void)
{
    return dry;
}

void pn_dry_run(pn *p, bool on)
{
    (void)p;
    dry = on;
}

static int call(pn *p, const pn_op *op, const void *in, void *out)
{
    while (sandbox_steered("stop"))
        usleep(10000);
    if (sandbox_steered("revoked") && op != &op_login) {
        (void)pn_fail(p, PN_EAUTH, NULL, "The token has ended");
        return pn_hint(p, "Sign in again: pn login");
    }
    if (sandbox_steered("down"))
        return pn_fail(p, PN_EDATABASE, NULL, "The database cannot be reached");
    if (op->list)
        return list_call(p, op, in, out);
    if (op->in)
        PN_TRY(pn_validate(p, op->in, in));
    return op->run(p, in, out);
}

int pn_call(pn *p, const pn_op *op, const void *in, void *out)
{
    int rc = call(p, op, in, out);
    dry = false;
    return rc;
}
