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

enum { FAKES = 4 };
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

static void prepare(const char *name)
{
    if (!strcmp(name, "alipay")) {
        copy("alipay_app_public_key.pem", "app.pub");
        rig_secret("alipay_app_key", "alipay_app_private_key.pem");
        setenv("ALIPAY_APP_ID", "2021000122671080", 1);
        setenv("ALIPAY_SELLER_ID", "2088000000000001", 1);
    } else {
        copy("wechat_merchant_certificate.pem", "merchant.crt");
        copy("wechat_v3_key", "v3.key");
        rig_secret("wechat_merchant_key", "wechat_merchant_private_key.pem");
        rig_secret("wechat_merchant_cert", "wechat_merchant_certificate.pem");
        rig_secret("wechat_v3_key", "wechat_v3_key");
        setenv("WECHAT_APP_ID", "wx8888888888888888", 1);
        setenv("WECHAT_MCH_ID", "1234567891", 1);
        unsetenv("WECHAT_PUBLIC_KEY_ID");
    }
}

static void point(const char *name, int port)
{
    char url[80], path[200];
    bool alipay = !strcmp(name, "alipay");
    snprintf(url, sizeof url, "http://127.0.0.1:%d%s", port, alipay ? "/gateway.do" : "");
    setenv(alipay ? "ALIPAY_GATEWAY" : "WECHAT_PAY_URL", url, 1);
    snprintf(path, sizeof path, "%s/%s.pub", rig_folder, name);
    if (alipay)
        rig_file("link/alipay_public_key", rig_slurp(path).s);
    else
        rig_file("link/wechat_public_key", rig_slurp(path).s);
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
