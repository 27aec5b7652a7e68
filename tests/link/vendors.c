/* SPDX-License-Identifier: Apache-2.0 */
/* vendors.c — Alipay and WeChat Pay against fakes of them in another language, with all their bad
 * manners; the traps that others fell into, by their numbers. */
#include "ask.h"
#include "fakes.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define p rig_p

static pni_link *alipay, *wechat;

static void setup(void)
{
    rig_setup();
    fake_start("alipay");
    fake_start("wechat");
    ok(pni_link_open(p, "alipay", &alipay));
    ok(pni_link_open(p, "wechat", &wechat));
}
static void teardown(void)
{
    pni_link_close(p, alipay);
    pni_link_close(p, wechat);
    fakes_stop();
    rig_teardown();
}

#define ORDER(no) "out_trade_no", no, "amount_fen", "58000", "subject", "演出票 A/B",            \
        "notify_url", "http://127.0.0.1:1/v1/notify"

static pni_heard hear(pni_link *l, const pni_inbound *in)
{
    pni_heard h;
    ok(pni_link_hear(p, l, "notice", in, &h));
    return h;
}

/* ---- the whole way ---- */

START_TEST(alipay_from_the_code_to_the_refund)
{
    pni_answer a = call(alipay, "pay_qr", PAIRS(ORDER("P100001")));
    is(&a, PN_LINK_OK);
    ck_assert_msg(strstr(pni_answer_get(&a, "qr"), "https://qr.alipay.com/"), "no code");
    a = call(alipay, "query", PAIRS("out_trade_no", "P100001"));
    is(&a, PN_LINK_NOT_FOUND); /* nobody has scanned it */
    fake("alipay", "pay", "{\"out_trade_no\":\"P100001\"}");
    a = call(alipay, "query", PAIRS("out_trade_no", "P100001"));
    is(&a, PN_LINK_OK);
    says(&a, "state", "SUCCESS");
    says(&a, "amount_fen", "58000");
    a = call(alipay, "close", PAIRS("out_trade_no", "P100001"));
    is(&a, PN_LINK_DECLINED); /* paid: it cannot be closed */
    a = call(alipay, "refund", PAIRS("out_trade_no", "P100001", "out_request_no", "TK1-1",
                                     "amount_fen", "18000", "reason", "退票"));
    is(&a, PN_LINK_OK);
    says(&a, "state", "SUCCESS");
    a = call(alipay, "refund_query", PAIRS("out_trade_no", "P100001", "out_request_no", "TK1-1"));
    says(&a, "state", "SUCCESS");
    says(&a, "amount_fen", "18000");
    a = call(alipay, "refund_query", PAIRS("out_trade_no", "P100001", "out_request_no", "TK1-2"));
    is(&a, PN_LINK_OK);
    says(&a, "state", "NONE");
}
END_TEST

START_TEST(alipay_pages_and_apps_are_signed_without_a_call)
{
    pni_answer a = call(alipay, "pay_pc", PAIRS(ORDER("P100002"), "return_url",
                                                "https://shop.example/?a=1&b=2"));
    is(&a, PN_LINK_OK);
    const char *url = pni_answer_get(&a, "url");
    pni_message req = {.method = "GET", .url = url}, res;
    pni_wire w = {.url = url, .timeout_ms = 5000};
    const char *why;
    int how;
    ok(pni_wire_send(p, &w, &req, &res, &how, &why));
    ck_assert_int_eq(res.status, 200);
    ck_assert_msg(strstr(res.body.s, "<h1>演出票 A/B</h1>"), "%s", res.body.s);
    a = call(alipay, "pay_app", PAIRS(ORDER("P100003")));
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "{\"query\":");
    pn_buf_json(&b, pni_answer_get(&a, "front"));
    pn_buf_puts(&b, "}");
    const pni_doc *d = fake("alipay", "check", "%s", b.text);
    ck_assert_int_eq(pni_doc_at(p, d, "/wrong")->kind, PNI_DOC_NULL);
}
END_TEST

START_TEST(alipay_takes_codes_at_the_counter)
{
    pni_answer a = call(alipay, "pay_bar", PAIRS(ORDER("P100004"), "auth_code",
                                                 "287600000000000001"));
    is(&a, PN_LINK_OK);
    says(&a, "state", "SUCCESS");
    a = call(alipay, "pay_bar", PAIRS(ORDER("P100005"), "auth_code", "287600000000000010"));
    is(&a, PN_LINK_PENDING); /* his password is asked for */
    a = call(alipay, "query", PAIRS("out_trade_no", "P100005"));
    says(&a, "state", "NOTPAY");
    a = call(alipay, "cancel", PAIRS("out_trade_no", "P100005"));
    is(&a, PN_LINK_OK);
    says(&a, "action", "close");
    /* nobody knows: the question tells, nothing is sent twice */
    a = call(alipay, "pay_bar", PAIRS(ORDER("P100006"), "auth_code", "287600000000000009"));
    is(&a, PN_LINK_OK);
    ck_assert(a.asked);
    says(&a, "state", "SUCCESS");
    a = call(alipay, "pay_bar", PAIRS(ORDER("P100007"), "auth_code", "287600000000000008"));
    is(&a, PN_LINK_DECLINED);
}
END_TEST

/* Certificate mode: requests name our certificate and the root, the answers that name Alipay's are
 * verified by it, and so are its notices. */
START_TEST(alipay_by_certificates)
{
    static const struct { const char *made, *secret; } files[] = {
        {"app.crt", "link/alipay_app_cert"}, {"alipay_root.crt", "link/alipay_root_cert"},
        {"alipay.crt", "link/alipay_public_key"}};
    char key[2000];
    snprintf(key, sizeof key, "%s",
             rig_slurp(pn_printf(p, "%s/link/alipay_public_key", rig_folder)).s);
    fake("alipay", "certificates", "{}");
    for (int i = 0; i < 3; i++)
        rig_file(files[i].secret, rig_slurp(pn_printf(p, "%s/%s", rig_folder, files[i].made)).s);
    pni_answer a = call(alipay, "pay_qr", PAIRS(ORDER("P110001")));
    is(&a, PN_LINK_OK);
    ck_assert_msg(strstr(a.exchange, "app_cert_sn=") &&
                  strstr(a.exchange, "alipay_root_cert_sn=") &&
                  strstr(a.exchange, "\"alipay_cert_sn\":"), "%s", a.exchange);
    fake("alipay", "pay", "{\"out_trade_no\":\"P110001\"}");
    a = call(alipay, "query", PAIRS("out_trade_no", "P110001"));
    says(&a, "state", "SUCCESS");
    a = call(alipay, "refund", PAIRS("out_trade_no", "P110001", "out_request_no", "TK11-1",
                                     "amount_fen", "18000"));
    says(&a, "state", "SUCCESS");
    fake("alipay", "switch", "{\"corrupt\":9}");
    a = call(alipay, "query", PAIRS("out_trade_no", "P110001"));
    is(&a, PN_LINK_RETRYABLE); /* nothing of it is believed */
    fake("alipay", "switch", "{\"corrupt\":0}");
    pni_inbound in = fake_notice(fake("alipay", "notice", "{\"out_trade_no\":\"P110001\"}"));
    ck_assert_int_eq(hear(alipay, &in).verdict, PNI_NOTICE_GOOD);
    in = fake_notice(fake("alipay", "notice",
                          "{\"out_trade_no\":\"P110001\",\"how\":\"corrupt\"}"));
    ck_assert_int_eq(hear(alipay, &in).verdict, PNI_NOTICE_BAD);
    /* somebody else's certificate */
    rig_file(files[0].secret, rig_slurp(pn_printf(p, "%s/alipay.crt", rig_folder)).s);
    a = call(alipay, "query", PAIRS("out_trade_no", "P110001"));
    is(&a, PN_LINK_AUTH);
    for (int i = 0; i < 2; i++)
        unlink(rig_file(files[i].secret, ""));
    rig_file(files[2].secret, key);
}
END_TEST

START_TEST(wechat_from_the_code_to_the_refund)
{
    pni_answer a = call(wechat, "pay_qr", PAIRS(ORDER("P200001"), "client_ip", "1.2.3.4"));
    is(&a, PN_LINK_OK);
    says(&a, "qr", "weixin://wxpay/bizpayurl?pr=P200001");
    a = call(wechat, "pay_js", PAIRS(ORDER("P200002"), "openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"));
    is(&a, PN_LINK_OK);
    ck_assert_msg(strstr(pni_answer_get(&a, "front"), "\"package\":\"prepay_id=wx2711P200002\""),
                  "%s", pni_answer_get(&a, "front"));
    a = call(wechat, "pay_wap", PAIRS(ORDER("P200003"), "client_ip", "1.2.3.4"));
    is(&a, PN_LINK_OK);
    a = call(wechat, "pay_app", PAIRS(ORDER("P200004")));
    is(&a, PN_LINK_OK);
    a = call(wechat, "close", PAIRS("out_trade_no", "P200004"));
    is(&a, PN_LINK_OK);
    ck_assert_int_eq(a.status, 204);
    a = call(wechat, "query", PAIRS("out_trade_no", "P200004"));
    says(&a, "state", "CLOSED");
    fake("wechat", "pay", "{\"out_trade_no\":\"P200001\"}");
    a = call(wechat, "query", PAIRS("out_trade_no", "P200001"));
    says(&a, "state", "SUCCESS");
    says(&a, "amount_fen", "58000");
    a = call(wechat, "refund", PAIRS("out_trade_no", "P200001", "out_request_no", "TK2-1",
                                     "amount_fen", "100", "total_fen", "58000"));
    is(&a, PN_LINK_OK);
    says(&a, "state", "PROCESSING");
    pni_inbound in = fake_notice(fake("wechat", "settle_refund", "{\"out_refund_no\":\"TK2-1\"}"));
    pni_heard h = hear(wechat, &in);
    ck_assert_str_eq(h.kind, "refund");
    ck_assert_str_eq(pni_pairs_find(&h.map, "state")->value.s, "SUCCESS");
    a = call(wechat, "refund_query", PAIRS("out_request_no", "TK2-1"));
    says(&a, "state", "SUCCESS");
    a = call(wechat, "query", PAIRS("out_trade_no", "P299999"));
    is(&a, PN_LINK_NOT_FOUND);
}
END_TEST

START_TEST(wechat_takes_codes_at_the_counter)
{
    pni_answer a = call(wechat, "pay_bar", PAIRS(ORDER("P200010"), "auth_code",
                                                 "130000000000000001"));
    is(&a, PN_LINK_OK);
    says(&a, "state", "SUCCESS");
    a = call(wechat, "pay_bar", PAIRS(ORDER("P200011"), "auth_code", "130000000000000010"));
    is(&a, PN_LINK_PENDING);
    a = call(wechat, "cancel", PAIRS("out_trade_no", "P200011"));
    is(&a, PN_LINK_OK);
    a = call(wechat, "pay_bar", PAIRS(ORDER("P200012"), "auth_code", "130000000000000009"));
    is(&a, PN_LINK_OK); /* 500 after it took effect: asked */
    ck_assert(a.asked);
    says(&a, "state", "SUCCESS");
}
END_TEST

START_TEST(what_nobody_answered_is_asked_not_repeated)
{
    static const char *const faults[] = {"drop", "truncate", "corrupt", "redirect"};
    pni_answer a;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        char no[20];
        snprintf(no, sizeof no, "P30000%zu", i);
        fake("alipay", "switch", "{\"%s\":1}", faults[i]);
        a = call(alipay, "pay_bar", PAIRS(ORDER(no), "auth_code", "287600000000000001"));
        is(&a, PN_LINK_OK);
        ck_assert_msg(a.asked, "%s", faults[i]);
        fake("wechat", "switch", "{\"%s\":1}", faults[i]);
        a = call(wechat, "pay_bar", PAIRS(ORDER(no), "auth_code", "130000000000000001"));
        is(&a, PN_LINK_OK);
        ck_assert_msg(a.asked, "%s", faults[i]);
    }
    fake("wechat", "switch", "{\"fail429\":1}");
    a = call(wechat, "pay_qr", PAIRS(ORDER("P300010")));
    is(&a, PN_LINK_OK); /* told to slow down: again, the same number */
    fake("alipay", "switch", "{\"fail500\":1}");
    a = call(alipay, "query", PAIRS("out_trade_no", "P300000"));
    is(&a, PN_LINK_OK);
}
END_TEST

/* ---- the traps ---- */

START_TEST(trap_01_signed_are_the_bytes_that_came)
{
    /* The fake escapes slashes as the real one does; the subject and the code have some. */
    pni_answer a = call(alipay, "pay_qr", PAIRS(ORDER("P400001")));
    is(&a, PN_LINK_OK);
    ck_assert_msg(strstr(a.exchange, "https:\\/\\/qr.alipay.com\\/"), "%s", a.exchange);
}
END_TEST

START_TEST(trap_02_a_plus_in_base64_is_no_blank)
{
    pni_answer a = call(alipay, "pay_js", PAIRS(ORDER("P400002"), "openid", "o1"));
    is(&a, PN_LINK_OK);
    for (int i = 0; i < 60; i++) { /* until a signature has a plus */
        const pni_doc *d = fake("alipay", "notice", "{\"out_trade_no\":\"P400002\"}");
        pni_inbound in = fake_notice(d);
        char *body = pn_strdup(p, in.body.s), *plus = strstr(body, "%2B");
        pni_heard h = hear(alipay, &in);
        ck_assert_int_eq(h.verdict, PNI_NOTICE_GOOD);
        if (!plus)
            continue;
        plus[0] = '+'; /* a sender that forgot to encode it: it arrives as a blank */
        memmove(plus + 1, plus + 3, strlen(plus + 3) + 1);
        in.body = pni_span_of(body);
        h = hear(alipay, &in);
        ck_assert_int_eq(h.verdict, PNI_NOTICE_BAD);
        return;
    }
    ck_abort_msg("no signature with a plus");
}
END_TEST

START_TEST(trap_05_empty_values_are_not_signed_at_alipay)
{
    (void)call(alipay, "pay_js", PAIRS(ORDER("P400005"), "openid", "o1"));
    pni_inbound in = fake_notice(fake("alipay", "notice", "{\"out_trade_no\":\"P400005\"}"));
    ck_assert_msg(strstr(in.body.s, "&empty=&"), "%s", in.body.s);
    pni_heard h = hear(alipay, &in);
    ck_assert_int_eq(h.verdict, PNI_NOTICE_GOOD);
    in = fake_notice(fake("alipay", "notice", "{\"out_trade_no\":\"P400005\",\"how\":\"typed\"}"));
    h = hear(alipay, &in);
    ck_assert_int_eq(h.verdict, PNI_NOTICE_GOOD);
}
END_TEST

START_TEST(trap_09_a_repeated_refund_is_one_refund)
{
    pni_pairs first = PAIRS("out_trade_no", "P400009", "out_request_no", "TK9-1", "amount_fen",
                            "10000");
    (void)call(alipay, "pay_js", PAIRS(ORDER("P400009"), "openid", "o1"));
    fake("alipay", "pay", "{\"out_trade_no\":\"P400009\"}");
    pni_answer a = call(alipay, "refund", first);
    says(&a, "state", "SUCCESS");
    a = call(alipay, "refund", PAIRS("out_trade_no", "P400009", "out_request_no", "TK9-2",
                                     "amount_fen", "5000"));
    says(&a, "refunded_total_fen", "15000"); /* cumulative: never this refund's amount */
    a = call(alipay, "refund", first);
    says(&a, "state", "UNSURE"); /* fund_change=N: this call changed nothing … */
    a = call(alipay, "refund_query", first);
    says(&a, "state", "SUCCESS"); /* … because it was done before */
    says(&a, "amount_fen", "10000");
    fake("alipay", "switch", "{\"drop\":1}");
    a = call(alipay, "refund", PAIRS("out_trade_no", "P400009", "out_request_no", "TK9-3",
                                     "amount_fen", "1"));
    is(&a, PN_LINK_OK);
    ck_assert(a.asked);
    says(&a, "state", "SUCCESS");
    /* WeChat: under way, and then it fails */
    (void)call(wechat, "pay_qr", PAIRS(ORDER("P400109")));
    fake("wechat", "pay", "{\"out_trade_no\":\"P400109\"}");
    pni_pairs back = PAIRS("out_trade_no", "P400109", "out_request_no", "TK9-9", "amount_fen",
                           "100", "total_fen", "58000");
    a = call(wechat, "refund", back);
    says(&a, "state", "PROCESSING");
    a = call(wechat, "refund", back);
    says(&a, "state", "PROCESSING");
    fake("wechat", "settle_refund", "{\"out_refund_no\":\"TK9-9\",\"status\":\"ABNORMAL\"}");
    a = call(wechat, "refund_query", back);
    says(&a, "state", "ABNORMAL");
}
END_TEST

START_TEST(trap_11_a_notice_for_somebody_else_is_not_ours)
{
    (void)call(alipay, "pay_js", PAIRS(ORDER("P400011"), "openid", "o1"));
    (void)call(wechat, "pay_qr", PAIRS(ORDER("P400011")));
    const char *ask = "{\"out_trade_no\":\"P400011\",\"how\":\"stranger\"}";
    pni_inbound in = fake_notice(fake("alipay", "notice", "%s", ask));
    /* genuine, but of a seller that it names: whoever knows the payment knows whether it is his */
    ck_assert_str_eq(hear(alipay, &in).payee, "2088999999999999");
    in = fake_notice(fake("wechat", "notice", "%s", ask));
    ck_assert_int_eq(hear(wechat, &in).verdict, PNI_NOTICE_BAD);
    in = fake_notice(fake("wechat", "notice", "{\"out_trade_no\":\"P400011\",\"how\":\"stale\"}"));
    ck_assert_int_eq(hear(wechat, &in).verdict, PNI_NOTICE_BAD);
    in = fake_notice(fake("wechat", "notice",
                          "{\"out_trade_no\":\"P400011\",\"how\":\"corrupt\"}"));
    ck_assert_int_eq(hear(wechat, &in).verdict, PNI_NOTICE_BAD);
}
END_TEST

START_TEST(trap_12_a_probe_fails_without_alarm)
{
    pni_ack ack;
    (void)call(wechat, "pay_qr", PAIRS(ORDER("P400012")));
    pni_inbound in = fake_notice(fake("wechat", "notice",
                                      "{\"out_trade_no\":\"P400012\",\"how\":\"probe\"}"));
    ck_assert_int_eq(hear(wechat, &in).verdict, PNI_NOTICE_PROBE);
    ok(pni_link_ack(p, wechat, "notice", "probe", &ack));
    ck_assert_int_eq(ack.status, 401);
    /* a probe in an answer, too: nothing of it is believed */
    fake("wechat", "switch", "{\"signtest\":9}");
    pni_answer a = call(wechat, "query", PAIRS("out_trade_no", "P400012"));
    is(&a, PN_LINK_RETRYABLE);
    fake("wechat", "switch", "{\"signtest\":0}");
    a = call(wechat, "query", PAIRS("out_trade_no", "P400012"));
    is(&a, PN_LINK_OK);
}
END_TEST

static int64_t fetches(void)
{
    const pni_doc *d = fake("wechat", "state", "{\"out_trade_no\":\"P400013\"}");
    return strtoll(doc_text(d, "/fetched"), NULL, 10);
}

START_TEST(trap_13_keys_change_while_calls_are_under_way)
{
    pni_answer a = call(wechat, "pay_qr", PAIRS(ORDER("P400013")));
    is(&a, PN_LINK_OK);
    pni_inbound old = fake_notice(fake("wechat", "notice", "{\"out_trade_no\":\"P400013\"}"));
    fake("wechat", "rotate", "{}");
    int64_t before = fetches();
    /* An unknown id is fetched at most once in a while, or anybody could make us call. */
    a = call(wechat, "query", PAIRS("out_trade_no", "P400013"));
    is(&a, PN_LINK_RETRYABLE);
    pni_ring_forget(); /* the while is over */
    a = call(wechat, "query", PAIRS("out_trade_no", "P400013"));
    is(&a, PN_LINK_OK);
    ck_assert_int_eq(hear(wechat, &old).verdict, PNI_NOTICE_GOOD); /* the old key is still good */
    ck_assert_int_eq(fetches(), before + 1);
    /* Merchants that have a public key only: its id is in the settings, nothing is fetched. */
    pni_ring_forget();
    setenv("WECHAT_PUBLIC_KEY_ID", "PUB_KEY_ID_0112345678912024112000112200000001", 1);
    rig_file("link/wechat_public_key", rig_slurp(pn_printf(p, "%s/wechat.pub", rig_folder)).s);
    a = call(wechat, "query", PAIRS("out_trade_no", "P400013"));
    is(&a, PN_LINK_OK);
    ck_assert_int_eq(fetches(), before + 1);
}
END_TEST

START_TEST(trap_13_a_key_is_believed_in_its_time_and_by_its_own_number)
{
    static const char *const hows[] = {"ended", "renamed", ""};
    pni_answer a = call(wechat, "pay_qr", PAIRS(ORDER("P400113")));
    is(&a, PN_LINK_OK);
    for (int i = 0; i < 3; i++) {
        fake("wechat", "rotate", "{\"how\":\"%s\"}", hows[i]);
        pni_ring_forget();
        a = call(wechat, "query", PAIRS("out_trade_no", "P400113"));
        is(&a, *hows[i] ? PN_LINK_RETRYABLE : PN_LINK_OK);
    }
    /* nor one that came in an answer which none of its keys has signed */
    pni_ring_forget();
    fake("wechat", "switch", "{\"corrupt\":2}"); /* the question's answer, and the list's */
    a = call(wechat, "query", PAIRS("out_trade_no", "P400113"));
    is(&a, PN_LINK_RETRYABLE);
    fake("wechat", "switch", "{\"corrupt\":0}");
}
END_TEST

static int reach(const char *host, const char *path, const char *ca, const char *pin,
                 const char **why)
{
    pni_wire w = {.timeout_ms = 10000, .ca = ca, .pin = pin,
                  .url = pn_printf(p, "https://%s:%s%s", host,
                                   rig_slurp(pn_printf(p, "%s/tls.port", rig_folder)).s, path)};
    pni_message req = {.method = "GET", .url = w.url}, res;
    int how;
    ok(pni_wire_send(p, &w, &req, &res, &how, why));
    return how;
}

START_TEST(trap_18_certificates_are_checked_always)
{
    const char *ca = pn_printf(p, "%s/localhost.crt", rig_folder), *why;
    fake_start("tls");
    const char *pin = rig_slurp(pn_printf(p, "%s/tls.pub", rig_folder)).s;
    pin = pn_printf(p, "%.*s", (int)strcspn(pin, "\n"), pin);
    ck_assert_int_eq(reach("localhost", "/", NULL, NULL, &why), PNI_WIRE_NOT_SENT);
    ck_assert_msg(reach("localhost", "/", ca, NULL, &why) == PNI_WIRE_OK, "%s", why);
    ck_assert_int_eq(reach("127.0.0.1", "/", ca, NULL, &why), PNI_WIRE_NOT_SENT);
    ck_assert_msg(reach("localhost", "/", ca, pin, &why) == PNI_WIRE_OK, "%s", why);
    char *other = pn_strdup(p, pin);
    other[10] = other[10] == 'A' ? 'B' : 'A';
    ck_assert_int_eq(reach("localhost", "/", ca, other, &why), PNI_WIRE_NOT_SENT);
    ck_assert_int_eq(reach("localhost", "/big", ca, NULL, &why), PNI_WIRE_NO_ANSWER);
    ck_assert_int_eq(reach("localhost", "/heads", ca, NULL, &why), PNI_WIRE_NO_ANSWER);
}
END_TEST

START_TEST(secrets_show_nowhere)
{
    pni_span key = rig_slurp(rig_vector("alipay_app_private_key.pem"));
    pni_answer a = call(alipay, "pay_bar", PAIRS(ORDER("P500001"), "auth_code",
                                                 "287600000000000001"));
    ck_assert_ptr_null(strstr(a.exchange, "287600000000000001"));
    ck_assert_ptr_null(strstr(a.exchange, "2088102177846880")); /* the payer */
    ck_assert_ptr_null(memmem(a.exchange, strlen(a.exchange), key.s + 40, 40));
    a = call(wechat, "pay_js", PAIRS(ORDER("P500002"), "openid", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"));
    ck_assert_ptr_null(strstr(a.exchange, "oUpF8uMuAJO"));
    ck_assert_ptr_null(strstr(a.exchange, "signature=\""));
    ck_assert_ptr_nonnull(strstr(a.exchange, "P500002"));
}
END_TEST

START_TEST(what_was_recorded_is_played_back)
{
    char more[200];
    snprintf(more, sizeof more, "  record: %s\n", rig_folder);
    pni_link_close(p, wechat);
    pni_link_close(p, alipay);
    rig_open(more);
    ok(pni_link_open(p, "wechat", &wechat));
    ok(pni_link_open(p, "alipay", &alipay));
    pni_answer a = call(wechat, "pay_qr", PAIRS(ORDER("P600001")));
    is(&a, PN_LINK_OK);
    a = call(wechat, "query", PAIRS("out_trade_no", "P600001"));
    says(&a, "state", "NOTPAY");
    fake("wechat", "pay", "{\"out_trade_no\":\"P600001\"}");
    a = call(wechat, "query", PAIRS("out_trade_no", "P600001"));
    says(&a, "state", "SUCCESS");
    pni_link_close(p, wechat);
    pni_link_close(p, alipay);
    setenv("WECHAT_PAY_URL", "http://127.0.0.1:1", 1); /* nobody is there any more */
    snprintf(more, sizeof more, "  replay: %s\n", rig_folder);
    rig_open(more);
    ok(pni_link_open(p, "wechat", &wechat));
    ok(pni_link_open(p, "alipay", &alipay));
    pni_ring_forget();
    a = call(wechat, "pay_qr", PAIRS(ORDER("P600001")));
    is(&a, PN_LINK_OK);
    a = call(wechat, "query", PAIRS("out_trade_no", "P600001"));
    says(&a, "state", "NOTPAY");
    a = call(wechat, "query", PAIRS("out_trade_no", "P600001"));
    says(&a, "state", "SUCCESS");
    pni_pairs missing = PAIRS("out_trade_no", "P600002");
    fails(PN_EPROVIDER, pni_link_call(p, wechat, "query", &missing, &a));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("vendors");
    if (!fakes_there()) {
        puts("1..0 # SKIP node is not installed: the fakes of vendors cannot run");
        return 0;
    }
    tcase_add_unchecked_fixture(t, setup, teardown); /* the fakes start once */
    tcase_set_timeout(t, 60);
    tcase_add_test(t, alipay_from_the_code_to_the_refund);
    tcase_add_test(t, alipay_pages_and_apps_are_signed_without_a_call);
    tcase_add_test(t, alipay_takes_codes_at_the_counter);
    tcase_add_test(t, alipay_by_certificates);
    tcase_add_test(t, wechat_from_the_code_to_the_refund);
    tcase_add_test(t, wechat_takes_codes_at_the_counter);
    tcase_add_test(t, what_nobody_answered_is_asked_not_repeated);
    tcase_add_test(t, trap_01_signed_are_the_bytes_that_came);
    tcase_add_test(t, trap_02_a_plus_in_base64_is_no_blank);
    tcase_add_test(t, trap_05_empty_values_are_not_signed_at_alipay);
    tcase_add_test(t, trap_09_a_repeated_refund_is_one_refund);
    tcase_add_test(t, trap_11_a_notice_for_somebody_else_is_not_ours);
    tcase_add_test(t, trap_12_a_probe_fails_without_alarm);
    tcase_add_test(t, trap_13_keys_change_while_calls_are_under_way);
    tcase_add_test(t, trap_13_a_key_is_believed_in_its_time_and_by_its_own_number);
    tcase_add_test(t, trap_18_certificates_are_checked_always);
    tcase_add_test(t, secrets_show_nowhere);
    tcase_add_test(t, what_was_recorded_is_played_back);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
