/* SPDX-License-Identifier: Apache-2.0 */
/* policy.c — the numbers of the business rules, and which of them exist. The defaults are rows of
 * the schema; this table says what may take their place. */
#include "base/policy.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_int.h"
#include "base/policy_int.h"
#include "base/unit_int.h"

typedef struct rule {
    const char *key;
    int64_t min, max;
    const char *help;
    bool admin; /* guards people, so those it guards may not set it */
    int list;   /* several numbers, at most so many; 0: one */
} rule;
enum { LIST_MAX = 8 };

// clang-format off
static const rule rules[] = {
    {"agreement.look_s", 1, 86400,
        N_("Seconds between looks at an agreement that nobody told about")},
    {"agreement.sign_min", 1, 1440, N_("Minutes until an agreement is to be signed")},
    {"budget.alarm_bp", 1, 9999,
        N_("Part of a campaign budget, in 1/10000, whose use is told")},
    {"bulk.keep_days", 1, 3650, N_("Days for which work on many rows is on record")},
    {"bulk.rows_max", 1, 100000, N_("Rows of one plan for many rows")},
    {"bulk.type_fen", 0, INT64_C(100000000000),
        N_("Money of a plan above which its sum is typed, in fen")},
    {"bulk.type_rows", 0, 100000, N_("Rows of a plan above which their number is typed")},
    {"bulk.undo_min", 0, 1440, N_("Minutes in which work on many rows is taken back at a key")},
    {"buyer.addresses", 1, 1000, N_("Addresses a buyer keeps")},
    {"buyer.code_day", 1, 1000, N_("Codes sent to one telephone number on a day")},
    {"buyer.code_gap_s", 0, 3600, N_("Seconds between two codes to one telephone number")},
    {"buyer.code_min", 1, 60, N_("Minutes a code for signing in is good")},
    {"buyer.code_source_hour", 1, 100000, N_("Codes asked for from one address in an hour")},
    {"buyer.code_tries", 1, 20, N_("Tries of one code")},
    {"buyer.erase_days", 0, 365, N_("Days until an account that leaves is erased")},
    {"buyer.growth_days", 1, 3650, N_("Days for which what an account paid counts to its level")},
    {"buyer.level1_fen", 0, 1000000000, N_("Paid in that time for level 1, in fen")},
    {"buyer.level2_fen", 0, 1000000000, N_("Paid in that time for level 2, in fen")},
    {"buyer.level3_fen", 0, 1000000000, N_("Paid in that time for level 3, in fen")},
    {"buyer.level4_fen", 0, 1000000000, N_("Paid in that time for level 4, in fen")},
    {"buyer.session_days", 1, 365, N_("Days a buyer's sign-in lasts after its last use")},
    {"channel.dual_control_fen", 0, INT64_C(100000000000),
        N_("Money of a channel, in or out by bank, above which two people book it, in fen"), true},
    {"channel.floor_bp", 0, 10000, N_("Part of the face price below which a ticket costs a loss")},
    {"channel.reject_min", 1, 1440, N_("Minutes until a channel's order without stock is refused")},
    {"compensation.coupon_bp", 0, 10000, N_("No ticket, known a week before: coupon, in 1/10000")},
    {"compensation.dual_control_fen", 0, INT64_C(100000000000),
        N_("Compensations above it need two people, in fen")},
    {"compensation.extra_bp", 0, 100000, N_("Charged beside the price: part of it, in 1/10000")},
    {"compensation.extra_least_fen", 0, 100000000,
        N_("Charged beside the price: least for a ticket, in fen")},
    {"compensation.extra_most_fen", 0, 100000000,
        N_("Charged beside the price: most for a ticket, in fen")},
    {"compensation.fake_bp", 0, 100000, N_("A false ticket: of its price, in 1/10000")},
    {"compensation.fake_most_fen", 0, 100000000, N_("A false ticket: most for it, in fen")},
    {"compensation.last_bp", 0, 100000,
        N_("No ticket, known within a day: of its price, in 1/10000")},
    {"compensation.last_most_fen", 0, 100000000,
        N_("No ticket, known within a day: most for it, in fen")},
    {"compensation.late_bp", 0, 100000,
        N_("No ticket, known a day before: of its price, in 1/10000")},
    {"compensation.late_most_fen", 0, 100000000,
        N_("No ticket, known a day before: most for it, in fen")},
    {"compensation.tier_bp", 0, 100000, N_("A worse tier: part of its price, in 1/10000")},
    {"compensation.tier_most_fen", 0, 100000000, N_("A worse tier: most for a ticket, in fen")},
    {"coupon.compensation_days", 1, 3650, N_("Days a coupon for a missing ticket lasts")},
    {"coupon.return_days", 0, 365, N_("Days at least that a coupon lasts which a fault gave back")},
    {"deliver.eta_h", 0, 720, N_("Hours a parcel is on its way")},
    {"deliver.express_h", 0, 720, N_("Hours before the start by which a parcel has arrived")},
    {"deliver.handling_h", 0, 720, N_("Hours until a paid parcel leaves")},
    {"deliver.lead_h", 0, 720, N_("Hours before the start by which sellers have shipped")},
    {"delivery.express_fen", 0, 100000, N_("Fee of an express parcel, in fen")},
    {"deposit.presale_bp", 0, 10000, N_("Deposit of a presale, part of face in 1/10000")},
    {"deposit.presale_min_fen", 0, 10000000, N_("Least deposit of a presale ticket, in fen")},
    {"deposit.tail_bp", 0, 10000, N_("Deposit of last tickets, part of face in 1/10000")},
    {"deposit.tail_min_fen", 0, 10000000, N_("Least deposit of a last ticket, in fen")},
    {"deposit.tail_times", 1, 100, N_("Last tickets for which a deposit is frozen at first")},
    {"deposit.tail_release_h", 0, 720,
        N_("Hours from the end until deposits of last tickets come back")},
    {"deposit.waive_a", 0, 1, N_("1: merchants of level A leave no deposit")},
    {"dist.ttl_max_min", 1, 30, N_("Minutes of a distributor's longest lock")},
    {"dist.ttl_min", 1, 30, N_("Minutes of a distributor's lock when it asks for nothing else")},
    {"follow.cooldown_min", 0, 1440, N_("Minutes between two followed prices of one offer")},
    {"follow.feed_min", 1, 1440, N_("Minutes in which a fetched price of others counts")},
    {"follow.loop_min", 1, 1440, N_("Minutes in which prices that chase each other are counted")},
    {"follow.loop_turns", 1, 100, N_("Answers to each other after which one of them stops")},
    {"follow.max_changes_hour", 1, 1000, N_("Followed prices of one offer in an hour")},
    {"gate.no_end_min", 30, 1440, N_("Minutes after its start that a session without end admits")},
    {"gate.passback_min", 0, 240, N_("Minutes until somebody who left may enter by another gate")},
    {"gate.reentries", 0, 100, N_("How often a ticket may come back in")},
    {"gate.repeat_s", 0, 60, N_("Seconds in which the same scanner may read a ticket again")},
    {"gate.reverse_min", 0, 240, N_("Minutes in which the gate itself may undo an entry")},
    {"gift_card.min_months", 1, 1200, N_("Months that gift cards are valid at least")},
    {"gift_card.tries_day", 1, 100, N_("Wrong pins of a gift card in a day")},
    {"grab.auth_min", 1, 120, N_("Minutes to prepay a grab")},
    {"grab.boost_max", 0, 20, N_("Most that helpers move a grab ahead")},
    {"grab.cap_min_bp", 0, 10000, N_("Least cap of a grab, in 1/10000 of the lowest face price")},
    {"grab.capture_tries", 1, 10, N_("Captures tried before a grab fails")},
    {"grab.debounce_s", 0, 60, N_("Seconds in which what appears is matched at once")},
    {"grab.helps_day", 0, 100, N_("Grabs that one account helps a day")},
    {"grab.new_points", 1, 10, N_("What the help of a new account counts")},
    {"grab.open_max", 1, 100, N_("Open grabs of one buyer")},
    {"grab.speed_fen", 0, 100000, N_("Fee of a point of a grab's speed pack, in fen")},
    {"group.expire_h", 1, 168, N_("Hours a group has to fill")},
    {"group.hold_min", 1, 120, N_("Minutes of a hold in a group-buy")},
    {"listing.clashes", 1, 1000, N_("Seats of others offered in 30 days before a review")},
    {"listing.edits_hour", 1, 10000, N_("Changes of a live listing in an hour")},
    {"listing.review_bp", 0, 1000000, N_("Part of face, in 1/10000, above which it is reviewed")},
    {"merchant.close_days", 0, 365, N_("Days from a merchant's last session to its closing")},
    {"merchant.commission_a_off_bp", 0, 5000, N_("Commission that level A saves, in 1/10000")},
    {"merchant.commission_bp", 0, 5000, N_("Commission of a new contract, in 1/10000")},
    {"merchant.commission_d_add_bp", 0, 5000, N_("Commission that level D adds, in 1/10000")},
    {"merchant.debt_max_fen", 0, INT64_C(100000000000),
        N_("What a merchant may owe before it is suspended, in fen")},
    {"merchant.deposit_a_bp", 0, 10000, N_("Part of the deposits that level A pays, in 1/10000")},
    {"merchant.deposit_d_bp", 10000, 100000, N_("Deposits when restricted, in 1/10000")},
    {"merchant.grant_max", 0, 200, N_("Conduct points that operations may give at once")},
    {"merchant.guarantee_fen", 0, INT64_C(100000000000),
        N_("Guarantee that a merchant pays before it is admitted, in fen")},
    {"merchant.level_a", 0, 200, N_("Conduct score from which a merchant has level A")},
    {"merchant.level_b", 0, 200, N_("Conduct score from which a merchant has level B")},
    {"merchant.level_c", 0, 200, N_("Conduct score from which a merchant has level C")},
    {"merchant.level_d", 0, 200, N_("Conduct score from which a merchant has level D")},
    {"merchant.licence_days", 0, 365, N_("Days before its licence ends that it is restricted")},
    {"merchant.licence_warn_days", 1, 365,
        N_("Days before a licence ends when it is told; each of them tells anew"),
        .list = LIST_MAX},
    {"merchant.listings_b", 0, 1000000, N_("Live listings of a merchant of level B")},
    {"merchant.listings_c", 0, 1000000, N_("Live listings of a merchant of level C")},
    {"merchant.listings_d", 0, 1000000, N_("Live listings of level D and of the restricted")},
    {"merchant.rise_days", 0, 365, N_("Days a better score must last for a better level")},
    {"notice.pay_remind_min", 1, 60, N_("Minutes before the hold ends that the buyer is reminded")},
    {"ledger.close_days", 0, 90,
        N_("Days after which the books of a day are closed by themselves, 0: by people")},
    {"offline.confirm_h", 1, 720, N_("Hours to confirm money that was collected")},
    {"offline.hold_min", 1, 1440, N_("Minutes an offline order waits for its money")},
    {"offline.transfer_h", 1, 168, N_("Hours an offline order waits for a bank transfer")},
    {"organiser.fee_due_days", 0, 365, N_("Days to pay an invoice of an organiser's fees")},
    {"order.cool_expiries", 0, 100, N_("Unpaid expiries of one session without cool-down")},
    {"order.cool_hours", 1, 720, N_("Hours for which unpaid expiries count")},
    {"order.cool_min", 0, 10080, N_("Minutes of the cool-down")},
    {"order.twice_days", 1, 90, N_("Days in which those who bought twice are looked for")},
    {"order.twice_h", 1, 720, N_("Hours between orders of one buyer that are shown together")},
    {"order.extend_min", 1, 60, N_("Minutes of the one extension of a hold")},
    {"order.hold_channel_min", 1, 120, N_("Minutes of a hold of a sales channel")},
    {"order.hold_min", 1, 120, N_("Minutes an unpaid order holds its tickets")},
    {"order.hold_pick_min", 1, 120, N_("Minutes of a hold of seats that were picked")},
    {"order.hold_pos_min", 1, 60, N_("Minutes of a hold at the box office")},
    {"order.hold_tail_min", 1, 120, N_("Minutes of a hold while the last tickets are sold")},
    {"order.pii_days", 1, 3650, N_("Days after a session until its orders name nobody")},
    {"outbox.stuck_h", 1, 8760, N_("Hours an event may wait before \"pn verify\" reports it")},
    {"outbox.stuck_tries", 2, 1000, N_("Refusals of one event after which people are told")},
    {"payment.bar_give_up_s", 10, 600, N_("Seconds after which a scanned pay code is reversed")},
    {"payment.bar_poll_s", 1, 60, N_("Seconds between looks at a scanned pay code")},
    {"channel.unit_max_bp", 0, 1000000,
     N_("A channel's price above so much of the face price is asked about, in 1/10000")},
    {"payment.refused_hour", 0, 100000, N_("Refused notices that are kept in an hour")},
    {"payment.exchange_days", 1, 3650, N_("Days that exchanges with providers are kept")},
    {"payment.instalment_fen", 0, 1000000000,
        N_("Least sum that is paid by instalments, in fen")},
    {"payment.instalments", 1, 60, N_("Months in which a card may pay"),
        .list = LIST_MAX},
    {"payment.poll_s", 5, 86400,
        N_("Seconds after which a payment is asked for, time by time; the last is repeated"),
        .list = LIST_MAX},
    {"payment.refund_look_s", 30, 86400, N_("Seconds between looks at a refund under way")},
    {"payment.simulated", 0, 1, N_("1: payments of the simulated provider count as money"), true},
    {"price.approve_bp", 0, 10000, N_("Price rules beyond need two people, in 1/10000"), true},
    {"price.max_multiple_bp", 10000, 1000000, N_("Highest resale price, part of face in 1/10000")},
    {"price.min_margin_fen", 0, 10000000, N_("What must be left of every ticket, in fen")},
    {"price.pay_fee_bp", 0, 1000, N_("What a payment costs, in 1/10000")},
    {"print.reprints_alone", 0, 1000, N_("Reprints in a day that need no supervisor")},
    {"rain.full_below_pct", 0, 100, N_("Percent played below which everything is refunded")},
    {"rain.half_bp", 0, 10000, N_("Part refunded in between, in 1/10000")},
    {"rain.half_upto_pct", 0, 100, N_("Percent played up to which a part is refunded")},
    {"rank.level_a", 0, 200, N_("Rank that the offers of level A gain")},
    {"rank.level_c_off", 0, 200, N_("Rank that the offers of level C lose")},
    {"rank.level_d_off", 0, 200, N_("Rank that the offers of level D lose")},
    {"rank.price", 0, 1000, N_("Weight of the price in the rank of offers")},
    {"rank.seat", 0, 1000, N_("Weight of a known seat in the rank of offers")},
    {"rank.service", 0, 1000, N_("Weight of the service in the rank of offers")},
    {"rank.ship", 0, 1000, N_("Weight of the shipping in the rank of offers")},
    {"penalty.accept_more_fen", 0, 100000000, N_("No answer, from the third time on, in fen")},
    {"penalty.accept_second_fen", 0, 100000000, N_("No answer, the second time, in fen")},
    {"penalty.alloc_fen", 0, 100000000, N_("No seats in time, of a ticket, in fen")},
    {"penalty.appeal_h", 1, 8760, N_("Hours a merchant has to appeal")},
    {"penalty.default_1d_bp", 0, 10000, N_("Default a day before or earlier, in 1/10000")},
    {"penalty.default_3d_bp", 0, 10000, N_("Default three days before or earlier, in 1/10000")},
    {"penalty.default_6h_bp", 0, 10000, N_("Default six hours before or earlier, in 1/10000")},
    {"penalty.default_7d_bp", 0, 10000, N_("Default a week before or earlier, in 1/10000")},
    {"penalty.default_bp", 0, 10000, N_("Default later than that, in 1/10000")},
    {"penalty.diff_cap_bp", 0, 100000, N_("Most of a replacement's difference, in 1/10000")},
    {"penalty.dual_control_fen", 0, INT64_C(100000000000),
        N_("Penalties above need two people, in fen")},
    {"penalty.false_ship_fen", 0, 100000000, N_("Shipped in words only, of a ticket, in fen")},
    {"penalty.late_cap_bp", 0, 10000, N_("Most of a late parcel, in 1/10000 of its settlement")},
    {"penalty.late_fen", 0, 100000000, N_("Shipped late, of a ticket and started day, in fen")},
    {"points.adjust_max", 1, 100000000, N_("Points that one adjustment may move")},
    {"points.dual_over", 0, 100000000, N_("Points above which two people adjust")},
    {"points.earn_bp", 0, 1000000, N_("Points for each yuan paid, in 1/10000")},
    {"points.first_order", 0, 100000, N_("Points for the first completed order")},
    {"points.level1_bp", 0, 1000000, N_("What level 1 earns of the rate of points, in 1/10000")},
    {"points.level2_bp", 0, 1000000, N_("What level 2 earns of the rate of points, in 1/10000")},
    {"points.level3_bp", 0, 1000000, N_("What level 3 earns of the rate of points, in 1/10000")},
    {"points.level4_bp", 0, 1000000, N_("What level 4 earns of the rate of points, in 1/10000")},
    {"points.max_bp", 0, 10000, N_("Part of the goods, in 1/10000, that points may pay")},
    {"points.sign_in", 0, 1000, N_("Points for signing in on a day")},
    {"points.term_years", 0, 50, N_("Years after this one at whose end points end")},
    {"points.yuan", 1, 100000, N_("Points that are worth one yuan")},
    {"rebate.calc_day", 1, 28, N_("Day of the month when rebates are counted")},
    {"rebate.default_max_bp", 0, 10000, N_("Part of defaults above which there is no rebate")},
    {"rebate.on_time_min_bp", 0, 10000, N_("Part on time below which there is no rebate")},
    {"rebate.post_day", 1, 28, N_("Day of the month when rebates are paid")},
    {"rebate.tier1_bp", 0, 10000, N_("Rebate of the first bracket, in 1/10000")},
    {"rebate.tier1_fen", 0, INT64_C(100000000000), N_("First bracket of a month, in fen")},
    {"rebate.tier2_bp", 0, 10000, N_("Rebate of the second bracket, in 1/10000")},
    {"rebate.tier2_fen", 0, INT64_C(100000000000), N_("Second bracket of a month, in fen")},
    {"rebate.tier3_bp", 0, 10000, N_("Rebate of the third bracket, in 1/10000")},
    {"rebate.tier3_fen", 0, INT64_C(100000000000), N_("Third bracket of a month, in fen")},
    {"recharge.expire_min", 1, 1440, N_("Minutes until a recharge is to be paid")},
    {"recharge.max_fen", 1, 100000000000, N_("Most that a merchant pays in at once, in fen")},
    {"recharge.min_fen", 1, 100000000, N_("Least that a merchant pays in at once, in fen")},
    {"recon.diff_max", 1, 100000, N_("Differences above which it is a wrong bill")},
    {"recon.fee_alipay_bp", -1, 10000, N_("What Alipay takes, in 1/10000; -1: not checked")},
    {"recon.fee_cmb_life_bp", -1, 10000, N_("What CMB Life takes, in 1/10000; -1: not checked")},
    {"recon.fee_cmb_netpay_bp", -1, 10000,
        N_("What CMB one-net takes, in 1/10000; -1: not checked")},
    {"recon.fee_sandpay_bp", -1, 10000, N_("What Sand takes, in 1/10000; -1: not checked")},
    {"recon.fee_wechat_bp", -1, 10000, N_("What WeChat Pay takes, in 1/10000; -1: not checked")},
    {"recon.fetch_min", 0, 1439, N_("Minutes after midnight when bills are fetched")},
    {"recon.line_days", 31, 36500, N_("Days that lines of reconciled bills are kept")},
    {"recon.look_back_d", 1, 366, N_("Days a payment can be older than its bill")},
    {"refund.open_days", 1, 365, N_("Days after the show until an undecided refund is told")},
    {"refund.asked_min", 1, 1440,
        N_("Minutes for which a provider's no is good for a transfer by hand")},
    {"refund.dual_control_fen", 0, INT64_C(100000000000),
        N_("Refunds above need two people, in fen"), true},
    {"refund.fee_platform_bp", 0, 10000, N_("Part of a refund's fee, in 1/10000, that we keep")},
    {"refund.resched_days", 0, 365, N_("Days of free refund after a new date")},
    {"refund.retry_s", 10, 604800,
        N_("Seconds after which a refund that a provider did not pay is asked for again, time by "
           "time; then people pay it"), .list = LIST_MAX},
    {"seating.aisle_pct", 101, 1000,
        N_("Percent of the usual distance of a row beyond which two seats have an aisle")},
    {"seating.hold_max_bp", 0, 10000,
        N_("Part of a large show, in 1/10000, that may be withheld from sale")},
    {"seckill.hold_min", 1, 60, N_("Minutes to pay a ticket of a seckill")},
    {"seckill.offer_min", 1, 60, N_("Minutes that a ticket is offered to a waiting buyer")},
    {"seckill.rush_min", 1, 120, N_("Minutes to pay tickets of a rush sale")},
    {"seckill.source_rate", 0, 1000,
        N_("Requests for an activity's tickets of one address a second; 0: any")},
    {"seckill.user_rate", 0, 1000, N_("The same of one account; 0: any")},
    {"session.archive_days", 1, 3650, N_("Days from the end to the archive")},
    {"session.doors_min", 0, 600, N_("Minutes before the start that doors open")},
    {"session.end_after_min", 0, 1440, N_("Minutes after its end that a session is closed")},
    {"session.tail_hours", 0, 720, N_("Hours before the start from which last tickets are sold")},
    {"settle.confirm_h", 1, 720, N_("Hours until silence confirms a settlement")},
    {"settle.days_a", 0, 90, N_("Days until level A is settled with")},
    {"settle.days_b", 0, 90, N_("Days until level B is settled with")},
    {"settle.days_c", 0, 90, N_("Days until level C is settled with")},
    {"settle.days_d", 0, 90, N_("Days until level D and the restricted are settled with")},
    {"settle.dual_control_fen", 0, INT64_C(100000000000),
        N_("Settlements above need two approvers, in fen"), true},
    {"settle.organiser_days", 0, 90,
        N_("Days from the end of a session until its organiser is settled with")},
    {"settle.min_fen", 1, 100000000, N_("Least settlement, in fen")},
    {"shift.check_fen", 0, 100000000,
        N_("Over or short of a drawer, in fen, that somebody else looks at above")},
    {"shift.open_h", 1, 720, N_("Hours that a shift is open before people are told")},
    {"shift.required", 0, 1, N_("1: the counter works within a shift only")},
    {"sfpl.after_h", 0, 720, N_("Hours from the end of the session to the deduction")},
    {"sfpl.collect_min", 1, 1440, N_("Minutes that a provider has to collect at a try")},
    {"sfpl.level", 0, 10, N_("Least level of an account that may pay later")},
    {"sfpl.most_fen", 1, 100000000, N_("Most that is paid later at once, in fen")},
    {"sfpl.open_max", 1, 100, N_("Orders of an account that are not paid yet")},
    {"sfpl.retry_days", 1, 90,
        N_("Days after the first on which a deduction that failed is tried again; then it is "
           "overdue"), .list = LIST_MAX},
    {"sfpl.score", 0, 1000, N_("Least credit score of an account that may pay later")},
    {"sfpl.write_off_days", 1, 3650, N_("Days after the show until a debt may be written off")},
    {"sso.ticket_min", 1, 1440,
        N_("Minutes in which whoever came from another app proves his telephone")},
    {"stock.less_bp", 0, 10000, N_("Part left, in 1/10000, that is shown as few")},
    {"stock.normal_bp", 0, 10000, N_("Part left, in 1/10000, that is shown as some")},
    {"tender.alarm_tries", 1, 1000,
        N_("Unanswered captures and releases after which people are told")},
    {"tender.douli_points_yuan", 1, 100000,
        N_("Partner points that are worth one yuan, unless its channel says")},
    {"withdraw.auto_a_fen", 0, INT64_C(100000000000),
        N_("Withdrawals of level A that need nobody's approval, in fen"), true},
    {"withdraw.auto_b_fen", 0, INT64_C(100000000000),
        N_("Withdrawals of level B that need nobody's approval, in fen"), true},
    {"withdraw.dual_control_fen", 0, INT64_C(100000000000),
        N_("Withdrawals above need two approvers, in fen"), true},
    {"withdraw.fee_fen", 0, 100000, N_("Fee of a withdrawal, in fen")},
    {"withdraw.min_fen", 1, 100000000, N_("Least withdrawal, in fen")},
};
// clang-format on
enum { RULES = sizeof rules / sizeof *rules };

const pn_words pn_policy_states[] = {PN_POLICY_STATES(PN_WORD_ROW){0}};

#define SINCE "nullif(p.effective_from, '-infinity'::timestamptz)"
#define STATE "(case when p.effective_from > :now::timestamptz then 'COMING' else 'CURRENT' end)"

static PN_TYPE(policy_t, "policy", pn_policy,
    PN_COL(pn_policy, id, N_("Id"), .flags = PN_KEY | PN_SORT, .sql = "p.id"),
    PN_COL(pn_policy, key, N_("Key"), .flags = PN_BRIEF | PN_SORT, .sql = "p.key"),
    PN_COL(pn_policy, value, N_("Value"), .flags = PN_BRIEF, .sql = "p.value"),
    PN_COL(pn_policy, state, N_("State"), .flags = PN_BRIEF, .words = pn_policy_states,
           .sql = STATE),
    PN_COL(pn_policy, effective_from, N_("In force from"), .flags = PN_BRIEF, .sql = SINCE),
    PN_COL(pn_policy, note, N_("Note"), .flags = PN_BRIEF, .sql = "coalesce(p.note, '')"));
static PN_TYPE(detail_t, "policy.detail", pn_policy_detail,
    PN_COL(pn_policy_detail, key, N_("Key")), PN_COL(pn_policy_detail, help, N_("Meaning")),
    PN_COL(pn_policy_detail, min, N_("Least")), PN_COL(pn_policy_detail, max, N_("Most")),
    PN_COL(pn_policy_detail, value, N_("Value")),
    PN_COL(pn_policy_detail, values, N_("Values"), .of = &policy_t));
static PN_TYPE(show_t, "policy.show", struct pn_policy_show,
    PN_COL(struct pn_policy_show, key, N_("Key"), .flags = PN_REQ | PN_ARG, .max = 60));
static PN_TYPE(set_t, "policy.set", struct pn_policy_set,
    PN_COL(struct pn_policy_set, key, N_("Key"), .flags = PN_REQ | PN_ARG, .max = 60),
    PN_COL(struct pn_policy_set, value, N_("Value"), .flags = PN_REQ | PN_ARG, .max = 80,
           .hint = N_("a whole number, in the unit of the key; of some keys several")),
    PN_COL(struct pn_policy_set, effective_from, N_("In force from"),
           .hint = N_("default: now")),
    PN_COL(struct pn_policy_set, reason, N_("Reason"), .flags = PN_REQ, .max = 200));

static PN_TYPE(bulk_t, "policy.bulk", pn_policy_bulk,
    PN_COL(pn_policy_bulk, rows_max, N_("Rows of one plan for many rows")),
    PN_COL(pn_policy_bulk, type_rows, N_("Rows of a plan above which their number is typed")),
    PN_COL(pn_policy_bulk, type_fen, N_("Money above which the sum is typed")),
    PN_COL(pn_policy_bulk, undo_min, N_("Minutes until it cannot be taken back")));

/* What is in force, and what will be. */
#define LIVING                                                                                     \
    "p.scope = '' and (p.effective_from > :now::timestamptz or p.effective_from ="                 \
    " (select max(q.effective_from) from policy q where q.key = p.key and q.scope = ''"            \
    "  and q.effective_from <= :now::timestamptz))"

static const pn_list_spec living = {.row = &policy_t, .from = "policy p", .scope = LIVING,
    .key = "p.id", .sort = "key,id", .search = "position(:q in p.key) > 0"};

static const pn_sql of_key = {"policy_of_key", &show_t, &policy_t,
    "select p.id, p.key, p.value, " STATE " as state, " SINCE " as effective_from,"
    " coalesce(p.note, '') as note from policy p where p.key = :key and " LIVING
    " order by p.effective_from"};

typedef struct number { const char *key, *value; pn_time effective_from; } number;
PN_TYPE(pni_policy_row_t, "policy.number", number, PN_COL(number, key, ""),
    PN_COL(number, value, ""), PN_COL(number, effective_from, ""));
static const pn_sql in_force = {"policy_in_force", NULL, &pni_policy_row_t,
    "select distinct on (key) key, value from policy where scope = ''"
    " and effective_from <= :now order by key, effective_from desc"};

/* The value that the new one takes over from. */
static const pn_sql replaced = {"policy_replaced", &policy_t, &policy_t,
    "select id, key, value, note, nullif(effective_from, '-infinity'::timestamptz)"
    "  as effective_from from policy"
    " where key = :key and scope = '' and effective_from <= :effective_from"
    " order by policy.effective_from desc limit 1"};
static const pn_sql put = {"policy_put", &policy_t, NULL,
    "insert into policy (id, key, value, effective_from, note)"
    " values (:id, :key, :value, :effective_from, :note)"
    " on conflict (key, scope, effective_from) do nothing"};

/* ---- reading ---- */

static int in_force_now(pn *p, const char *key, const char **out)
{
    if (!p->policy.n || p->policy_at.us != p->now.us) {
        PN_TRY(pn_all(p, &in_force, NULL, &p->policy));
        p->policy_at = p->now;
    }
    pn_each(number, n, &p->policy)
        if (!strcmp(n->key, key)) {
            *out = n->value;
            return 0;
        }
    return pn_fail(p, PN_EINTERNAL, NULL, "policy %s has no value", key);
}

int pni_policy(pn *p, const char *key, int64_t *out)
{
    const char *text = NULL;
    PN_TRY(in_force_now(p, key, &text));
    *out = strtoll(text, NULL, 10);
    return 0;
}

int64_t pni_policy_of(const pn_rows *rows, const char *key)
{
    const number *last = NULL;
    pn_each(const number, n, rows)
        if (!strcmp(n->key, key) && (!last || n->effective_from.us > last->effective_from.us))
            last = n;
    return last ? strtoll(last->value, NULL, 10) : 0;
}

int pni_policy_at(pn *p, const char *key, int64_t i, int64_t *out)
{
    const char *text = NULL;
    char *end = NULL;
    PN_TRY(in_force_now(p, key, &text));
    *out = strtoll(text, &end, 10);
    for (; i > 0 && *end; i--)
        *out = strtoll(end, &end, 10);
    return i > 0 ? PN_ENONE : 0;
}

static int find(pn *p, const char *key, const rule **out)
{
    const rule *near = NULL;
    int least = (int)strlen(key) / 2 + 1;
    for (int i = 0; i < RULES; i++) {
        int far = pni_text_distance(key, rules[i].key);
        if (!far) {
            *out = &rules[i];
            return 0;
        }
        if (far < least) {
            least = far;
            near = &rules[i];
        }
    }
    pn_fail(p, PN_EARG, "key", pn_tr("There is no rule “%s”"), key);
    return near ? pn_hint(p, pn_tr("Did you mean '%s'?"), near->key)
                : pn_hint(p, pn_tr("policy list shows all of them"));
}

PN_OP_LIST(policy, list, living, .brief = N_("List the numbers of the business rules"),
    .help = N_("What is in force and what will be."), .out = &policy_t,
    .may = PN_ROLE_OPS | PN_ROLE_FINANCE, .example = "pn policy list --where key~order")

static int show(pn *p, const struct pn_policy_show *in, pn_policy_detail *out)
{
    const rule *r = NULL;
    PN_TRY(find(p, in->key, &r));
    *out = (pn_policy_detail){.key = r->key, .help = pn_tr(r->help), .min = r->min, .max = r->max};
    PN_TRY(pn_all(p, &of_key, in, &out->values));
    pn_each(pn_policy, v, &out->values)
        if (v->state.v == PN_POLICY_CURRENT)
            out->value = v->value;
    return 0;
}

/* ---- setting ---- */

/* The next number of a text, as its rule has it: digits alone. */
static bool number_of(const rule *r, const char **at, int64_t *value)
{
    size_t n = strspn(*at, "0123456789");
    errno = 0;
    *value = strtoll(*at, NULL, 10);
    *at += n;
    return n && !errno && *value >= r->min && *value <= r->max;
}

/* As it is kept: its numbers, one blank between two. */
static int check_value(pn *p, const rule *r, const char *text, const char **out)
{
    int64_t value;
    int n = 0;
    const char *at = text;
    *out = "";
    while (number_of(r, &at, &value)) {
        *out = pn_printf(p, "%s%s%" PRId64, *out, n++ ? " " : "", value);
        if (!*out)
            return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
        if (!*at && n <= (r->list ? r->list : 1))
            return 0;
        at += strspn(at, " ");
    }
    if (r->list)
        pn_fail(p, PN_EARG, "value", pn_tr("%s is at most %d whole numbers from %lld to %lld"),
                r->key, r->list, (long long)r->min, (long long)r->max);
    else
        pn_fail(p, PN_EARG, "value", pn_tr("%s is a whole number from %lld to %lld"), r->key,
                (long long)r->min, (long long)r->max);
    return pn_hint(p, "%s", pn_tr(r->help));
}

static int set(pn *p, const struct pn_policy_set *in, pn_policy *out)
{
    const rule *r = NULL;
    pn_policy before = {0};
    pn_policy row = {.note = in->reason, .effective_from = in->effective_from};
    PN_TRY(find(p, in->key, &r));
    if (r->admin && !(pn_who(p)->roles & PN_ROLE_ADMIN))
        return pn_fail(p, PN_EPERM, "key", pn_tr("Only an administrator sets %s"), r->key);
    PN_TRY(check_value(p, r, in->value, &row.value));
    if (in->effective_from.us && in->effective_from.us < pn_now(p).us)
        return pn_fail(p, PN_EARG, "effective_from",
                       pn_tr("A rule changes now or later, never in the past"));
    row.key = r->key;
    if (!row.effective_from.us)
        row.effective_from = pn_now(p);
    row.state.v = row.effective_from.us > pn_now(p).us ? PN_POLICY_COMING : PN_POLICY_CURRENT;
    int rc = pn_one(p, &replaced, &row, &before);
    if (rc && rc != PN_ENONE)
        return rc;
    PN_TRY(pn_new_id(p, 0, &row.id));
    int64_t made = 0;
    PN_TRY(pn_exec(p, &put, &row, &made));
    if (!made)
        return pn_fail(p, PN_EEXISTS, "effective_from",
                       pn_tr("%s has a value for that time already"), r->key);
    p->policy = (pn_rows){0};
    *out = row;
    return pn_audit(p, "policy", row.id, &policy_t, rc ? NULL : &before, out, in->reason);
}

static int limits(pn *p, const void *none, pn_policy_bulk *out)
{
    (void)none;
    PN_TRY(pni_policy(p, "bulk.rows_max", &out->rows_max));
    PN_TRY(pni_policy(p, "bulk.type_rows", &out->type_rows));
    PN_TRY(pni_policy(p, "bulk.type_fen", &out->type_fen.fen));
    return pni_policy(p, "bulk.undo_min", &out->undo_min);
}

#define STAFF                                                                                      \
    (PN_ROLE_OPS | PN_ROLE_FINANCE | PN_ROLE_MERCHANT | PN_ROLE_BOXOFFICE | PN_ROLE_GATE |         \
     PN_ROLE_ORGANISER)
static int policy_limits_run(pn *p, const void *in, void *out)
{
    return limits(p, in, out);
}
static const pn_op policy_limits_op = {.noun = "policy", .verb = "limits",
    .run = policy_limits_run, .brief = N_("Show what bounds work on many rows at once"),
    .out = &bulk_t, .may = STAFF};
int pn_policy_limits(pn *p, const void *none, pn_policy_bulk *out)
{
    return pn_call(p, &policy_limits_op, none, out);
}

PN_OP(policy, show, pn_policy_detail, .brief = N_("Show one number of the business rules"),
    .in = &show_t, .out = &detail_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE,
    .example = "pn policy show order.hold_min")
PN_OP(policy, set, pn_policy, .brief = N_("Set a number of the business rules"),
    .help = N_("From now or from a later time; older values stay on record and orders keep what "
               "was valid\nwhen they were placed."),
    .in = &set_t, .out = &policy_t, .may = PN_ROLE_OPS, .flags = PN_WRITE | PN_ONCE | PN_DANGER,
    .example = "pn policy set order.hold_min 20 --reason 'holiday season'")

const pn_module pn_policy_module = {"policy", N_("Business rules"),
    .ops = PN_LIST(pn_op, &policy_list_op, &policy_show_op, &policy_limits_op, &policy_set_op),
    .sql = PN_LIST(pn_sql, &of_key, &in_force, &replaced, &put)};
