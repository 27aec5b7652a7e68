/* SPDX-License-Identifier: Apache-2.0 */
#include "fakes.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define p rig_p

enum { FAKES = 12 };
static struct { char name[16]; pid_t pid; int port, hold; } running[FAKES];
static int n_running;

bool fakes_there(void)
{
    return !access("/usr/bin/node", X_OK) || !access("/usr/local/bin/node", X_OK);
}

static void copy(const char *vector, const char *name)
{
    rig_file(name, rig_slurp(rig_vector(vector)).s);
}

/* What the merchant has before his provider is there. */
static void prepare(const char *name)
{
    copy("alipay_app_public_key.pem", "app.pub");
    if (!strcmp(name, "alipay")) {
        rig_secret("alipay_app_key", "alipay_app_private_key.pem");
        setenv("ALIPAY_APP_ID", "2021000122671080", 1);
        setenv("ALIPAY_SELLER_ID", "2088000000000001", 1);
    } else if (!strcmp(name, "wechat")) {
        copy("wechat_merchant_certificate.pem", "merchant.crt");
        copy("wechat_v3_key", "v3.key");
        rig_secret("wechat_merchant_key", "wechat_merchant_private_key.pem");
        rig_secret("wechat_merchant_cert", "wechat_merchant_certificate.pem");
        rig_secret("wechat_v3_key", "wechat_v3_key");
        setenv("WECHAT_APP_ID", "wx8888888888888888", 1);
        setenv("WECHAT_MCH_ID", "1234567891", 1);
        rig_secret("wechat_v2_key", "wechat_v3_key");
        setenv("WECHAT_PAYSCORE_SERVICE_ID", "2002000000000558128851361561536", 1);
        unsetenv("WECHAT_PUBLIC_KEY_ID");
    } else if (!strcmp(name, "wechat_partner")) {
        copy("wechat_merchant_certificate.pem", "merchant.crt");
        copy("wechat_v3_key", "v3.key");
        rig_secret("wechat_sp_key", "wechat_merchant_private_key.pem");
        rig_secret("wechat_sp_cert", "wechat_merchant_certificate.pem");
        rig_secret("wechat_sp_v3_key", "wechat_v3_key");
        setenv("WECHAT_SP_APP_ID", "wx8888888888888888", 1);
        setenv("WECHAT_SP_MCH_ID", "1234567891", 1);
    } else if (!strcmp(name, "cmb_netpay")) {
        rig_file("link/cmb_merchant_key", "16CharacterKey00\n");
        setenv("CMB_BRANCH_NO", "0571", 1);
        setenv("CMB_MERCHANT_NO", "001268", 1);
    } else if (!strcmp(name, "cmb_life")) {
        rig_secret("cmb_life_key", "alipay_app_private_key.pem");
        setenv("CMB_LIFE_MID", "0123456789abcdef0123456789abcdef", 1);
        setenv("CMB_LIFE_AID", "fedcba9876543210fedcba9876543210", 1);
    } else if (!strcmp(name, "sandpay")) {
        rig_secret("sand_key", "alipay_app_private_key.pem");
        setenv("SAND_MID", "100211701160001", 1);
    } else if (!strcmp(name, "douli")) {
        copy("wechat_v3_key", "douli.key");
        rig_secret("douli_key", "wechat_v3_key");
        setenv("DOULI_MERCHANT", "PIAONIU", 1);
    } else if (!strcmp(name, "zyb")) {
        rig_file("link/zyb", "TESTFX");
        setenv("ZYB_CORP", "TESTFX", 1);
        setenv("ZYB_USER", "admin", 1);
    } else if (!strcmp(name, "house")) {
        rig_file("link/house", "house-secret-0123456789");
    }
}

/* Where it is, and the key it signs with. */
static void point(const char *name, int port)
{
    static const struct { const char *fake, *env, *path, *made, *secret; } places[] = {
        {"alipay", "ALIPAY_GATEWAY", "/gateway.do", "alipay.pub", "alipay_public_key"},
        {"wechat", "WECHAT_PAY_URL", "", "wechat.pub", "wechat_public_key"},
        {"wechat_partner", "WECHAT_SP_URL", "", "wechat_partner.pub", "wechat_sp_platform"},
        {"cmb_netpay", "CMB_QUERY_URL", "", "cmb_netpay.pub", "cmb_public_key"},
        {"cmb_life", "CMB_LIFE_URL", "", "cmb_life.pub", "cmb_life_public_key"},
        {"sandpay", "SAND_URL", "", "sandpay.crt", "sand_cert"},
        {"douli", "DOULI_URL", "", "douli.key", "douli_key"},
        {"zyb", "ZYB_URL", "", NULL, NULL}, {"house", "HOUSE_URL", "", NULL, NULL}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char url[80], path[200], secret[80];
        if (strcmp(places[i].fake, name) != 0)
            continue;
        snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port, places[i].path);
        setenv(places[i].env, url, 1);
        if (!strcmp(name, "cmb_netpay"))
            setenv("CMB_KEY_URL", url, 1);
        if (!places[i].made)
            continue;
        snprintf(path, sizeof path, "%s/%s", rig_folder, places[i].made);
        snprintf(secret, sizeof secret, "link/%s", places[i].secret);
        rig_file(secret, rig_slurp(path).s);
    }
}

void fake_start(const char *name)
{
    char script[600], port[200];
    int pipes[2];
    snprintf(script, sizeof script, "%s/../fake/%s.mjs", rig_vector(""), name);
    snprintf(port, sizeof port, "%s/%s.port", rig_folder, name);
    prepare(name);
    ck_assert_int_eq(pipe(pipes), 0);
    pid_t pid = fork();
    if (!pid) { /* it ends when our end of the pipe is closed */
        dup2(pipes[0], 0);
        close(pipes[0]);
        close(pipes[1]);
        execlp("node", "node", script, rig_folder, (char *)NULL);
        _exit(127);
    }
    close(pipes[0]);
    for (int i = 0; access(port, F_OK) && i < 1500; i++) {
        nanosleep(&(struct timespec){0, 20000000}, NULL);
        ck_assert_msg(waitpid(pid, NULL, WNOHANG) == 0, "the fake %s did not start", name);
    }
    int i = n_running++;
    snprintf(running[i].name, sizeof running[i].name, "%s", name);
    running[i].pid = pid;
    running[i].hold = pipes[1];
    running[i].port = (int)strtol(rig_slurp(port).s, NULL, 10);
    ck_assert_int_gt(running[i].port, 0);
    point(name, running[i].port);
}

void fakes_stop(void)
{
    for (int i = 0; i < n_running; i++) {
        close(running[i].hold);
        kill(running[i].pid, SIGTERM);
        waitpid(running[i].pid, NULL, 0);
    }
    n_running = 0;
}

const pni_doc *fake(const char *name, const char *tool, const char *fmt, ...)
{
    char body[2000], url[120];
    const char *why;
    int how, port = 0;
    va_list args;
    va_start(args, fmt);
    vsnprintf(body, sizeof body, fmt, args);
    va_end(args);
    for (int i = 0; i < n_running; i++)
        if (!strcmp(running[i].name, name))
            port = running[i].port;
    snprintf(url, sizeof url, "http://127.0.0.1:%d/_%s", port, tool);
    pni_message req = {.method = "POST", .url = url, .body = pni_span_of(body)}, res;
    pni_wire w = {.url = url, .timeout_ms = 20000};
    ok(pni_wire_send(p, &w, &req, &res, &how, &why));
    ck_assert_msg(how == PNI_WIRE_OK && res.status == 200, "%s: %s %s", tool, why, res.body.s);
    pni_doc *d;
    ok(pni_doc_json(p, res.body, &d));
    return d;
}

const char *doc_text(const pni_doc *d, const char *path)
{
    const pni_doc *at = pni_doc_at(p, d, path);
    return at && at->text.s ? at->text.s : "";
}

pni_inbound fake_notice(const pni_doc *d)
{
    pni_inbound in = {.method = "POST", .path = "/v1/notify",
                      .body = pni_doc_at(p, d, "/body")->text};
    const pni_doc *h = pni_doc_at(p, d, "/headers");
    for (h = h ? h->first : NULL; h; h = h->next)
        ck_assert(pni_pairs_put(p, &in.header, h->name, h->text, true));
    return in;
}
