/* SPDX-License-Identifier: Apache-2.0 */
/* follow_price.c — keeping the rules by which offers follow prices, and looking what they follow.
 * What an offer follows to is kept with its rule, so that whatever prices it anew (another asked
 * price, another contract) comes to the same; the bounds of the three prices always hold. */
#include "goods/follow_int.h"
#include "goods/listing_int.h"

#include "base/policy_int.h"

#include <inttypes.h>

const pn_words pn_follow_targets[] = {PN_FOLLOW_TARGETS(PN_WORD_ROW){0}};
const pn_words pn_follow_sources[] = {PN_FOLLOW_SOURCES(PN_WORD_ROW){0}};
const pn_words pn_follow_directions[] = {PN_FOLLOW_DIRECTIONS(PN_WORD_ROW){0}};
const pn_words pn_follow_states[] = {PN_FOLLOW_STATES(PN_WORD_ROW){0}};
const pn_words pn_follow_results[] = {PN_FOLLOW_RESULTS(PN_WORD_ROW){0}};

#define COL(f, label, ...) PN_COL(pn_follow_price, f, label, __VA_ARGS__)
PN_TYPE(pn_follow_price_t, "follow_price", pn_follow_price,
    COL(listing_id, N_("Listing"), .flags = PN_KEY | PN_SORT | PN_BRIEF, .sql = "w.listing_id",
        .ref = "listing"),
    COL(merchant_id, N_("Merchant number"), .sql = "l.merchant_id", .ref = "merchant"),
    COL(tier_id, N_("Tier number"), .sql = "l.tier_id", .ref = "tier"),
    COL(show, N_("Show"), .flags = PN_BRIEF, .sql = "h.title"),
    COL(tier, N_("Tier"), .flags = PN_BRIEF, .sql = "t.name"),
    COL(ask_fen, N_("Asked price"), .sql = "l.ask_fen"),
    COL(sale_fen, N_("Sale price"), .flags = PN_BRIEF | PN_EACH | PN_SORT, .sql = "l.sale_fen"),
    COL(target, N_("Follows"), .flags = PN_BRIEF, .words = pn_follow_targets, .sql = "w.target"),
    COL(source, N_("Feed"), .words = pn_follow_sources, .sql = "nullif(w.source, '')"),
    COL(face_bp, N_("Part of the face price"), .sql = "w.face_bp",
        .hint = N_("In 1/10000")),
    COL(step_fen, N_("Step"), .sql = "w.step_fen"),
    COL(direction, N_("Direction"), .words = pn_follow_directions, .sql = "w.direction"),
    COL(floor_fen, N_("Not below"), .flags = PN_OPT, .sql = "nullif(w.floor_fen, 0)"),
    COL(cap_fen, N_("Not above"), .flags = PN_OPT, .sql = "nullif(w.cap_fen, 0)"),
    COL(follow_fen, N_("Followed to"), .flags = PN_OPT, .sql = "w.follow_fen"),
    COL(state, N_("State"), .flags = PN_BRIEF, .words = pn_follow_states, .sql = "w.state"),
    COL(result, N_("Last look"), .flags = PN_BRIEF, .words = pn_follow_results,
        .sql = "w.result"),
    COL(looked_at, N_("Looked at"), .sql = "w.looked_at"),
    COL(changed_at, N_("Changed"), .flags = PN_SORT, .sql = "w.changed_at"),
    COL(hour_n, N_("Changes in the hour"), .sql = "w.hour_n"));
#undef COL
static const pn_list_spec list_spec = {&pn_follow_price_t,
    "follow_rule w join listing l on l.sk = w.sk and l.id = w.listing_id"
    " join tier t on t.id = l.tier_id join session s on s.id = t.session_id"
    " join show h on h.id = s.show_id",
    "(:my_merchant::bigint is null or l.merchant_id = :my_merchant)"
    " and :my_organiser::bigint is null", "w.listing_id", "-listing_id", NULL};
PN_OP_LIST(follow_price, list, list_spec, .brief = N_("List the offers that follow prices"),
    .out = &pn_follow_price_t, .may = PN_ROLE_OPS | PN_ROLE_MERCHANT,
    .example = "pn follow_price list --where 'result=STALE,LOOP'")

/* ---- the rule ---- */

typedef struct rule {
    int64_t id;
    pn_word target, source, direction, state, result, was;
    int face_bp;
    pn_money step_fen, floor_fen, cap_fen, follow_fen, target_fen, sale_before_fen;
    pn_time changed_at, hour_from, fed_at, leader_at;
    int hour_n, chase, leader_chase;
    bool moved;
    int64_t history_id, rule_id;
    pn_money ask_fen, sale_fen, settle_fen;
} rule;
#define R(f, ...) PN_COL(rule, f, #f, __VA_ARGS__)
static PN_TYPE(rule_t, "follow_price.rule", rule, R(id), R(target, .words = pn_follow_targets),
    R(source, .words = pn_follow_sources), R(direction, .words = pn_follow_directions),
    R(state, .words = pn_follow_states), R(result, .words = pn_follow_results),
    R(was, .words = pn_follow_results), R(face_bp), R(step_fen), R(floor_fen), R(cap_fen),
    R(follow_fen, .flags = PN_OPT), R(target_fen), R(sale_before_fen), R(changed_at), R(hour_from),
    R(fed_at), R(leader_at), R(hour_n), R(chase), R(leader_chase), R(moved), R(history_id),
    R(rule_id, .flags = PN_OPT), R(ask_fen), R(sale_fen), R(settle_fen));
#undef R
static const pn_sql put_sql = {"follow_put", &rule_t, NULL,
    "insert into follow_rule as w (sk, listing_id, target, source, face_bp, step_fen, direction,"
    " floor_fen, cap_fen, state, author_id, created_at, updated_at) values (:id#, :id, :target,"
    " coalesce(:source, ''), :face_bp, :step_fen, :direction, :floor_fen, :cap_fen, 'ACTIVE', :me,"
    " :now, :now) on conflict (sk, listing_id) do update set target = excluded.target,"
    " source = excluded.source, face_bp = excluded.face_bp, step_fen = excluded.step_fen,"
    " direction = excluded.direction, floor_fen = excluded.floor_fen, cap_fen = excluded.cap_fen,"
    " state = 'ACTIVE', chase = 0, updated_at = excluded.updated_at, version = w.version + 1",
    false};
#define FREE "k.qty_total - k.qty_held - k.qty_locked - k.qty_sold > 0"
static const pn_sql facts_sql = {"follow_facts", &rule_t, &rule_t,
    "select w.listing_id as id, w.target, nullif(w.source, '') as source, w.direction, w.state,"
    " w.result as was, w.step_fen, w.floor_fen, w.cap_fen, w.follow_fen, w.changed_at,"
    " w.hour_from, w.hour_n, w.chase, coalesce(case w.target"
    "  when 'FACE' then (t.face_price_fen * w.face_bp + 5000) / 10000"
    "  when 'COMPETITOR' then c.price_fen else x.price end, 0)::bigint as target_fen,"
    " c.at as fed_at, g.changed_at as leader_at, coalesce(g.chase, 0) as leader_chase"
    " from follow_rule w join listing l on l.sk = :id# and l.id = w.listing_id"
    " join tier t on t.id = l.tier_id"
    " left join competitor_price c on c.sk = :id# and c.tier_id = l.tier_id"
    "  and c.source = w.source"
    " left join lateral (select y.price, y.id from (select o.sale_fen as price, o.id"
    "   from listing o join stock k on k.sk = :id# and k.lot_id = o.id where o.sk = :id#"
    "    and o.session_id = l.session_id and o.tier_id = l.tier_id"
    "    and o.merchant_id <> l.merchant_id and o.state = 'LIVE' and " FREE
    "   union all select t.face_price_fen, k.lot_id from stock k where k.sk = :id#"
    "    and k.lot_id = l.tier_id and t.combo_n = 1 and " FREE ") y order by y.price, y.id"
    "  limit 1) x on w.target = 'LOWEST'"
    " left join follow_rule g on g.sk = :id# and g.listing_id = x.id and g.state = 'ACTIVE'"
    " where w.sk = :id# and w.listing_id = :id for update of w", false};
static const pn_sql looked_sql = {"follow_looked", &rule_t, NULL,
    "update follow_rule set result = :result, state = :state, looked_at = :now,"
    " hour_n = :hour_n, hour_from = :hour_from,"
    " follow_fen = case when :moved then :follow_fen else follow_fen end,"
    " chase = case when :moved then :chase else chase end,"
    " changed_at = case when :moved then :now else changed_at end, updated_at = :now,"
    " version = version + 1 where sk = :id# and listing_id = :id", false};
static const pn_sql history_sql = {"follow_history", &rule_t, NULL,
    "insert into price_history (sk, id, listing_id, reason, rule_id, target_fen, ask_before_fen,"
    " ask_fen, sale_before_fen, sale_fen, settle_before_fen, settle_fen, actor_id, at) values"
    " (:id#, :history_id, :id, 'FOLLOW', :rule_id, :target_fen, :ask_fen, :ask_fen,"
    " :sale_before_fen, :sale_fen, :settle_fen, :settle_fen, :me, :now)", false};
static const pn_sql turn_sql = {"follow_turn", &rule_t, NULL,
    "update follow_rule set state = :state, chase = 0,"
    " follow_fen = case when :state = 'STOPPED' then null else follow_fen end, updated_at = :now,"
    " version = version + 1 where sk = :id# and listing_id = :id and state <> :state", false};
static const pn_sql due_sql = {"follow_due", NULL, &pni_one_id_t,
    "select w.listing_id as id from follow_rule w join listing l on l.sk = w.sk"
    " and l.id = w.listing_id and l.state = 'LIVE' where w.state = 'ACTIVE' order by w.listing_id"};

/* ---- one look ---- */

PN_TYPE(pni_follow_alarm_t, "follow_price.told", pni_follow_alarm,
    PN_COL(pni_follow_alarm, id, "id"),
    PN_COL(pni_follow_alarm, result, "result", .words = pn_follow_results));

static int limits(pn *p, pni_follow *f, int64_t *feed_us)
{
    const int64_t minute = 60000000;
    int64_t cooldown, loop, feed;
    PN_TRY(pni_policy(p, "follow.cooldown_min", &cooldown));
    PN_TRY(pni_policy(p, "follow.loop_min", &loop));
    PN_TRY(pni_policy(p, "follow.feed_min", &feed));
    PN_TRY(pni_policy(p, "follow.loop_turns", &f->loop_turns));
    PN_TRY(pni_policy(p, "follow.max_changes_hour", &f->hour_most));
    f->cooldown_us = cooldown * minute;
    f->loop_us = loop * minute;
    *feed_us = feed * minute;
    return 0;
}

static int see(pn *p, const pni_listing *l, const pni_terms *t, const rule *r, pni_follow *f)
{
    pni_terms plain = *t;
    pni_listing now = *l;
    pni_price_facts facts;
    pni_prices o;
    pn_code code;
    int64_t feed_us;
    plain.follow_fen.fen = 0;
    PN_TRY(pni_listing_reckon(p, &now, &plain, &code, &facts, &o));
    *f = (pni_follow){.direction = r->direction.v, .step_fen = r->step_fen.fen,
        .floor_fen = r->floor_fen.fen, .cap_fen = r->cap_fen.fen,
        .changed_us = r->changed_at.us, .hour_from_us = r->hour_from.us, .hour_n = r->hour_n,
        .now_us = pn_now(p).us, .sale_fen = l->sale_fen.fen, .target_fen = r->target_fen.fen,
        .least_fen = pni_least_fen(&facts, o.settle_fen), .most_fen = o.cap_fen,
        .leader_changed_us = r->leader_at.us, .leader_chase = r->leader_chase};
    PN_TRY(limits(p, f, &feed_us));
    f->stale = r->target.v == PN_FOLLOW_COMPETITOR && r->fed_at.us &&
               r->fed_at.us < f->now_us - feed_us;
    return 0;
}

static int move(pn *p, pni_listing *l, pni_terms *t, rule *r)
{
    r->sale_before_fen = l->sale_fen;
    t->follow_fen = r->follow_fen;
    pn_money unit = l->deposit_unit_fen, need = l->deposit_need_fen;
    PN_TRY(pni_listing_price(p, l, t));
    l->deposit_unit_fen = unit; /* what was agreed when it went on offer */
    l->deposit_need_fen = need;
    PN_TRY(pn_exec_many(p, &pni_refresh_write, l, 1, NULL));
    r->rule_id = l->rule_id;
    r->ask_fen = l->ask_fen;
    r->sale_fen = l->sale_fen;
    r->settle_fen = l->settle_fen;
    PN_TRY(pn_new_id(p, l->sk, &r->history_id));
    PN_TRY(pn_exec(p, &history_sql, r, NULL));
    return pn_outbox(p, "listing.changed", l->id, &pni_one_id_t, &(pni_one_id){l->id}, NULL);
}

static int look_at(pn *p, int64_t listing)
{
    pni_listing l;
    pni_terms t;
    pni_follow f;
    pni_followed out;
    rule r;
    PN_TRY(pni_listing_terms(p, listing, &l, &t));
    int rc = pn_one(p, &facts_sql, &(rule){.id = listing}, &r);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "listing", pn_tr("Listing %lld follows no price"),
                       (long long)listing);
    PN_TRY(rc);
    if (r.state.v != PN_FOLLOWS_ACTIVE ||
        (l.state.v != PN_LISTING_LIVE && l.state.v != PN_LISTING_PAUSED))
        return 0;
    PN_TRY(see(p, &l, &t, &r, &f));
    pni_follow_look(&f, &out);
    r.result.v = (int16_t)out.result;
    r.moved = out.result == PN_LOOK_MOVED;
    r.follow_fen.fen = out.fen;
    r.hour_n = out.hour_n;
    r.hour_from.us = out.hour_from_us;
    r.chase = out.chase;
    if (out.result == PN_LOOK_LOOP)
        r.state.v = PN_FOLLOWS_LOOPED;
    if (r.moved)
        PN_TRY(move(p, &l, &t, &r));
    if ((out.result == PN_LOOK_LOOP || out.result == PN_LOOK_STALE) && r.was.v != out.result)
        PN_TRY(pn_outbox(p, PNI_FOLLOW_ALARM, listing, &pni_follow_alarm_t,
                         &(pni_follow_alarm){listing, r.result}, NULL));
    return pn_exec(p, &looked_sql, &r, NULL);
}

/* ---- operations ---- */

#define LISTING(s_)                                                                                \
    PN_COL(s_, listing, N_("Listing"), .flags = PN_KEY | PN_REQ | PN_ARG, .ref = "listing")
static PN_TYPE(set_in_t, "follow_price.set", struct pn_follow_price_set,
    LISTING(struct pn_follow_price_set),
    PN_COL(struct pn_follow_price_set, target, N_("Follows"), .flags = PN_REQ,
           .words = pn_follow_targets),
    PN_COL(struct pn_follow_price_set, source, N_("Feed"), .words = pn_follow_sources,
           .hint = N_("Whose price, of a competitor")),
    PN_COL(struct pn_follow_price_set, face_bp, N_("Part of the face price"), .flags = PN_OPT,
           .min = 1, .max = 30000, .hint = N_("In 1/10000")),
    PN_COL(struct pn_follow_price_set, step_fen, N_("Step"), .flags = PN_OPT, .min = -1000000,
           .max = 1000000, .hint = N_("Added to what is followed; default: a yuan less")),
    PN_COL(struct pn_follow_price_set, direction, N_("Direction"), .words = pn_follow_directions,
           .hint = N_("default: down only")),
    PN_COL(struct pn_follow_price_set, floor_fen, N_("Not below"), .flags = PN_OPT, .min = 1,
           .max = 10000000),
    PN_COL(struct pn_follow_price_set, cap_fen, N_("Not above"), .flags = PN_OPT, .min = 1,
           .max = 10000000));
static PN_TYPE(show_in_t, "follow_price.show", struct pn_follow_price_show,
    LISTING(struct pn_follow_price_show));

static const pn_sql row_sql = {"follow_row", &rule_t, &pn_follow_price_t,
    "select w.listing_id, l.merchant_id, l.tier_id, h.title as show, t.name as tier, l.ask_fen,"
    " l.sale_fen, w.target, nullif(w.source, '') as source, w.face_bp, w.step_fen, w.direction,"
    " nullif(w.floor_fen, 0) as floor_fen, nullif(w.cap_fen, 0) as cap_fen, w.follow_fen, w.state,"
    " w.result, w.looked_at, w.changed_at, w.hour_n from follow_rule w join listing l"
    " on l.sk = :id# and l.id = w.listing_id join tier t on t.id = l.tier_id"
    " join session s on s.id = t.session_id join show h on h.id = s.show_id"
    " where w.sk = :id# and w.listing_id = :id"
    " and (:my_merchant::bigint is null or l.merchant_id = :my_merchant)", false};

static int row(pn *p, int64_t listing, pn_follow_price *out)
{
    int rc = pn_one(p, &row_sql, &(rule){.id = listing}, out);
    if (rc == PN_ENONE)
        return pn_fail(p, rc, "listing", pn_tr("Listing %lld follows no price"),
                       (long long)listing);
    return rc;
}

static int sound(pn *p, const struct pn_follow_price_set *in)
{
    bool feed = in->target.v == PN_FOLLOW_COMPETITOR, face = in->target.v == PN_FOLLOW_FACE;
    if (feed != (in->source.v != 0))
        return pn_fail(p, PN_EARG, "source", "%s",
                       pn_tr("A competitor's price has a feed, the others have none"));
    if (face != (in->face_bp != 0))
        return pn_fail(p, PN_EARG, "face_bp", "%s",
                       pn_tr("Which part of the face price is for following that alone"));
    if (in->cap_fen.fen && in->cap_fen.fen < in->floor_fen.fen)
        return pn_fail(p, PN_EARG, "cap_fen", "%s", pn_tr("The bounds leave no price"));
    return 0;
}

static int set(pn *p, const struct pn_follow_price_set *in, pn_follow_price *out)
{
    pni_listing l;
    rule r = {.id = in->listing, .target = in->target, .source = in->source,
              .face_bp = in->face_bp, .step_fen = in->step_fen,
              .direction = {in->direction.v ? in->direction.v : PN_DIRECTION_DOWN_ONLY},
              .floor_fen = in->floor_fen, .cap_fen = in->cap_fen};
    PN_TRY(sound(p, in));
    if (!r.step_fen.fen && in->target.v != PN_FOLLOW_FACE)
        r.step_fen.fen = -100;
    PN_TRY(pni_listing_look(p, in->listing, &l));
    if (l.state.v == PN_LISTING_EXPIRED || l.state.v == PN_LISTING_WITHDRAWN)
        return pn_fail(p, PN_ESTATE, "listing", pn_tr("The offer is over (%s)"),
                       pn_word_label(pn_listing_states, l.state));
    PN_TRY(pn_exec(p, &put_sql, &r, NULL));
    PN_TRY(look_at(p, in->listing));
    PN_TRY(row(p, in->listing, out));
    return pn_audit(p, "listing", in->listing, &pn_follow_price_t, NULL, out, NULL);
}

static int show(pn *p, const struct pn_follow_price_show *in, pn_follow_price *out)
{
    return row(p, in->listing, out);
}

static int turn(pn *p, int64_t listing, int state, pn_follow_price *out)
{
    pn_follow_price before;
    pni_listing l;
    int64_t done = 0;
    PN_TRY(pni_listing_look(p, listing, &l));
    PN_TRY(row(p, listing, &before));
    PN_TRY(pn_exec(p, &turn_sql, &(rule){.id = listing, .state = {(int16_t)state}}, &done));
    if (!done)
        return pn_fail(p, PN_ESTATE, "listing", pn_tr("It is that already (%s)"),
                       pn_word_label(pn_follow_states, before.state));
    if (state == PN_FOLLOWS_ACTIVE)
        PN_TRY(look_at(p, listing));
    else
        PN_TRY(pn_outbox(p, PNI_LISTING_REFRESH, l.session_id, &pni_one_id_t,
                         &(pni_one_id){l.session_id}, NULL));
    PN_TRY(row(p, listing, out));
    return pn_audit(p, "listing", listing, &pn_follow_price_t, &before, out, NULL);
}

static int stop(pn *p, const struct pn_follow_price_stop *in, pn_follow_price *out)
{
    return turn(p, in->listing, PN_FOLLOWS_STOPPED, out);
}

static int resume(pn *p, const struct pn_follow_price_resume *in, pn_follow_price *out)
{
    return turn(p, in->listing, PN_FOLLOWS_ACTIVE, out);
}

static PN_TYPE(fed_t, "follow_price.fed", pn_fed,
    PN_COL(pn_fed, tier, N_("Tier"), .flags = PN_BRIEF, .ref = "tier"),
    PN_COL(pn_fed, source, N_("Feed"), .flags = PN_BRIEF, .words = pn_follow_sources),
    PN_COL(pn_fed, price_fen, N_("Price"), .flags = PN_BRIEF),
    PN_COL(pn_fed, at, N_("At"), .flags = PN_BRIEF));
static PN_TYPE(feed_in_t, "follow_price.feed", struct pn_follow_price_feed,
    PN_COL(struct pn_follow_price_feed, tier, N_("Tier"), .flags = PN_REQ | PN_ARG, .ref = "tier"),
    PN_COL(struct pn_follow_price_feed, source, N_("Feed"), .flags = PN_REQ,
           .words = pn_follow_sources),
    PN_COL(struct pn_follow_price_feed, price_fen, N_("Price"), .flags = PN_REQ | PN_OPT,
           .min = 1, .max = 10000000, .hint = N_("Of a ticket, as its buyers see it")),
    PN_COL(struct pn_follow_price_feed, at, N_("At"), .hint = N_("When it was so; default: now")));
static const pn_sql feed_sql = {"follow_feed", &fed_t, NULL,
    "insert into competitor_price as c (sk, tier_id, source, price_fen, at)"
    " select :tier#, t.id, :source, :price_fen, :at from tier t where t.id = :tier"
    " on conflict (sk, tier_id, source) do update set price_fen = excluded.price_fen,"
    "  at = excluded.at where c.at <= excluded.at", false};

static int feed(pn *p, const struct pn_follow_price_feed *in, pn_fed *out)
{
    int64_t done = 0;
    *out = (pn_fed){in->tier, in->source, in->price_fen, in->at.us ? in->at : pn_now(p)};
    if (out->at.us > pn_now(p).us)
        return pn_fail(p, PN_EARG, "at", "%s", pn_tr("That is still to come"));
    PN_TRY(pn_exec(p, &feed_sql, out, &done));
    return done ? 0 : pn_fail(p, PN_ECONFLICT, "at", "%s",
                              pn_tr("There is no such tier, or a newer price of it"));
}

struct pn_follow_price_look { int64_t listing; };
static PN_TYPE(look_in_t, "follow_price.look", struct pn_follow_price_look,
    LISTING(struct pn_follow_price_look));
static int look(pn *p, const struct pn_follow_price_look *in, pn_follow_price *out)
{
    PN_TRY(look_at(p, in->listing));
    return row(p, in->listing, out);
}
int pn_follow_price_look(pn *p, const struct pn_follow_price_look *in, pn_follow_price *out);

#define DOES .out = &pn_follow_price_t, .may = PN_ROLE_OPS | PN_ROLE_MERCHANT
PN_OP(follow_price, show, pn_follow_price, .brief = N_("Show what an offer follows"),
    .in = &show_in_t, DOES)
PN_OP(follow_price, set, pn_follow_price, .brief = N_("Let the price of an offer follow another"),
    .help = N_("The lowest other offer of the tier, a competitor's price, or a part of the face "
               "price. Never below what the merchant gets with fee and margin, never above the cap;"
               " once in five minutes and twelve times an hour at most."),
    .in = &set_in_t, DOES, .flags = PN_WRITE | PN_ONCE,
    .example = "pn follow_price set 53248 --target LOWEST --floor 520")
PN_OP(follow_price, stop, pn_follow_price, .brief = N_("Let an offer follow no price any more"),
    .in = &show_in_t, DOES, .flags = PN_WRITE | PN_ONCE,
    .undo = "resume")
PN_OP(follow_price, resume, pn_follow_price, .brief = N_("Let a stopped offer follow again"),
    .in = &show_in_t, DOES, .flags = PN_WRITE | PN_ONCE,
    .undo = "stop")
PN_OP(follow_price, feed, pn_fed, .brief = N_("Tell what a competitor asks for a tier"),
    .in = &feed_in_t, .out = &fed_t, .may = PN_ROLE_OPS | PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_ONCE,
    .example = "pn follow_price feed hamlet-01-a --source MAOYAN --price 560")
PN_OP(follow_price, look, pn_follow_price, .brief = N_("Look once what an offer follows"),
    .in = &look_in_t, .out = &pn_follow_price_t, .may = PN_ROLE_SYSTEM,
    .flags = PN_WRITE | PN_HIDDEN | PN_LOCAL)

static int follow_all(pn *p, int64_t *done)
{
    pn_rows rows;
    pn_follow_price out;
    int worst = 0;
    PN_TRY(pn_all(p, &due_sql, NULL, &rows));
    pn_each(pni_one_id, x, &rows)
    {
        int rc = pn_follow_price_look(p, &(struct pn_follow_price_look){x->id}, &out);
        if (rc && !worst)
            worst = rc; /* one offer's trouble is not the next one's */
        *done += !rc && out.result.v == PN_LOOK_MOVED;
    }
    return worst;
}
static const pn_job follow_job = {"follow_price", N_("Let prices follow what they follow"), 60,
                                  follow_all};

const pn_module pn_follow_price_module = {
    "follow_price", N_("Followed prices"),
    .ops = PN_LIST(pn_op, &follow_price_list_op, &follow_price_show_op, &follow_price_set_op,
                   &follow_price_stop_op, &follow_price_resume_op, &follow_price_feed_op,
                   &follow_price_look_op),
    .sql = PN_LIST(pn_sql, &put_sql, &facts_sql, &looked_sql, &history_sql, &turn_sql, &due_sql,
                   &feed_sql, &row_sql),
    .jobs = PN_LIST(pn_job, &follow_job),
};
