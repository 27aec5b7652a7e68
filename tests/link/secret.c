/* SPDX-License-Identifier: Apache-2.0 */
/* secret.c — the secrets of every connector there is: each call and each notice of it, with keys
 * that are right, that are no keys, that others can read; answered by somebody who sends back all
 * he was sent. Whatever is said about it, in errors, hints, exchanges that are kept and logs at
 * their most verbose, holds none. A connector that is added is tried without a word here. */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rig.h"

#define p rig_p

enum { NEEDLES = 64, SAID = 1 << 23 };
static char needle[NEEDLES][80];
static int needles;
static char *said;
static size_t said_n;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void say(const char *text)
{
    size_t n = text ? strlen(text) : 0;
    pthread_mutex_lock(&lock);
    ck_assert_uint_lt(said_n + n + 2, SAID);
    memcpy(said + said_n, text ? text : "", n);
    said_n += n;
    said[said_n++] = '\n';
    said[said_n] = 0;
    pthread_mutex_unlock(&lock);
}

static void log_it(void *payload, pn_level level, const char *message, const char *fields)
{
    (void)payload, (void)level;
    say(message);
    say(fields);
}

/* ---- somebody who repeats what he hears, in the words of every vendor ---- */

static int server, port;

static size_t quoted(char *out, size_t room, const char *in)
{
    size_t n = 0;
    for (; *in && n + 3 < room; in++) {
        if (*in == '"' || *in == '\\')
            out[n++] = '\\';
        out[n++] = (unsigned char)*in < 32 ? ' ' : *in;
    }
    out[n] = 0;
    return n;
}

static void answer(int fd)
{
    static char in[1 << 16], twice[1 << 17], out[1 << 20];
    size_t n = 0, body = 0;
    const char *end = NULL;
    ssize_t got;
    while ((!end || n < (size_t)(end - in) + 4 + body) && n + 1 < sizeof in &&
           (got = read(fd, in + n, sizeof in - 1 - n)) > 0) {
        n += (size_t)got;
        in[n] = 0;
        end = strstr(in, "\r\n\r\n");
        const char *length = strcasestr(in, "content-length:");
        body = end && length ? strtoul(length + 15, NULL, 10) : 0;
    }
    in[n] = 0;
    quoted(twice, sizeof twice, in);
    int len = snprintf(out, sizeof out, "{\"code\":\"X\",\"message\":\"%s\",\"respMsg\":\"%s\","
                       "\"a_response\":{\"code\":\"40004\",\"sub_msg\":\"%s\"}}",
                       twice, twice, twice);
    dprintf(fd, "HTTP/1.1 400 Bad\r\nContent-Type: application/json\r\nX-Said: %.200s\r\n"
            "Content-Length: %d\r\nConnection: close\r\n\r\n", twice, len);
    for (ssize_t done = 0; done < len && (got = write(fd, out + done, (size_t)(len - done))) > 0;)
        done += got;
    close(fd);
}

static void *answers(void *arg)
{
    (void)arg;
    for (int fd; (fd = accept(server, NULL, NULL)) >= 0;)
        answer(fd);
    return NULL;
}

static pthread_t answering;

static void listen_here(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server, (struct sockaddr *)&at, sizeof at), 0);
    ck_assert_int_eq(listen(server, 16), 0);
    ck_assert_int_eq(getsockname(server, (struct sockaddr *)&at, &n), 0);
    port = ntohs(at.sin_port);
    ck_assert_int_eq(pthread_create(&answering, NULL, answers, NULL), 0);
}

/* ---- what a connector needs ---- */

static void seek(const char *text)
{
    ck_assert_int_lt(needles, NEEDLES);
    snprintf(needle[needles++], sizeof needle[0], "%.40s", text);
}

static bool has(const char *name, const char *part)
{
    return strstr(name, part) != NULL;
}

/* As its name says: public ones are no secrets, shared ones are words, the rest private keys. */
static void right_key(const char *name)
{
    char path[100], word[80];
    snprintf(path, sizeof path, "link/%s", name);
    if (has(name, "cert")) {
        rig_secret(name, "wechat_merchant_certificate.pem");
    } else if (has(name, "public")) {
        rig_secret(name, "alipay_app_public_key.pem");
    } else if (has(name, "v2_key") || has(name, "v3_key") || has(name, "douli") ||
               has(name, "password") || has(name, "cmb_merchant")) {
        /* letters that look different in a form and in JSON; the search is for what follows */
        snprintf(word, sizeof word, "&+\"/%.7s0123456789abcdefghijklmnopqr", name);
        word[has(name, "cmb_merchant") ? 16 : 32] = 0;
        rig_file(path, word);
        seek(word + 4);
    } else {
        const char *vector = rig_vector("wechat_merchant_private_key.pem");
        const char *key = rig_slurp(vector).s, *line = strchr(key, '\n') + 1;
        rig_secret(name, "wechat_merchant_private_key.pem");
        for (int i = 0; i < 3; i++, line = strchr(line, '\n') + 1)
            seek(line);
    }
}

static void wrong_key(const char *name)
{
    char path[100], word[80];
    snprintf(path, sizeof path, "link/%s", name);
    snprintf(word, sizeof word, "no-key-at-all-%.20s", name);
    rig_file(path, word);
    seek(word);
}

static void open_key(const char *name)
{
    char path[300];
    wrong_key(name);
    snprintf(path, sizeof path, "%s/link/%s", rig_folder, name);
    ck_assert_int_eq(chmod(path, 0644), 0);
}

/* Every secret and every variable that the file names. */
static void set_up(const char *file, void (*key)(const char *name))
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const char *text = rig_slurp(file).s;
    char name[80], value[80];
    for (const char *at = text; (at = strstr(at, "${env.")); at++) {
        snprintf(name, sizeof name, "%.*s", (int)strspn(at + 6, letters), at + 6);
        snprintf(value, sizeof value, "http://127.0.0.1:%d", port);
        setenv(name, has(name, "URL") || has(name, "GATEWAY") ? value : "12345678", 1);
    }
    for (const char *at = text; (at = strstr(at, "secret.")); at++) {
        snprintf(name, sizeof name, "%.*s", (int)strspn(at + 7, letters), at + 7);
        if (*name && strcmp(name, "yaml") != 0)
            key(name);
        if (at[7] == '@') /* one that an input names */
            key("payee_secret");
    }
}

/* ---- everything it can do ---- */

static void told(int rc)
{
    if (rc) {
        say(pn_error(p)->message);
        say(pn_error(p)->hint);
        say(pn_error(p)->where);
    }
}

static void call_all(pni_link *l)
{
    pni_pairs in = PAIRS("out_trade_no", "P700001", "own_no", "P700001", "provider_no", "2026",
        "amount_fen", "58000", "total_fen", "58000", "subject", "x", "notify_url",
        "https://pay.example/n", "client_ip", "1.2.3.4", "openid", "o1", "auth_code",
        "130000000000000001", "out_request_no", "TK1-1", "out_order_no", "A1", "auth_no", "1",
        "reason", "x", "day", "2026-11-26", "url", pn_printf(p, "http://127.0.0.1:%d/f", port),
        "sub_mchid", "1900000109", "sub_appid", "wx1", "expires_us", "1900000000000000",
        "created_us", "1700000000000000", "phone", "13700000001", "code", "123456", "points",
        "100", "agreement", "x", "out_no", "A1", "service_id", "1",
        "payee_token", "payee_secret", "seller_id", "2088000000000018");
    const pni_tree *calls = pni_tree_get(l->root, "calls");
    for (size_t i = 0; i < calls->n; i++) {
        pni_answer a = {0};
        told(pni_link_call(p, l, calls->name[i], &in, &a));
        say(calls->name[i]);
        say(a.exchange);
        say(a.code);
        say(a.message);
        for (size_t k = 0; k < a.map.n; k++) /* the payer's browser carries whom he pays */
            if (!strstr(a.map.v[k].value.s, "app_auth_token="))
                say(a.map.v[k].value.s);
    }
    const pni_tree *backs = pni_tree_get(l->root, "callbacks");
    static const char *const bodies[] = {"{\"id\":\"1\"}", "a=b&sign=x", "%zz", ""};
    for (size_t i = 0; backs && i < backs->n; i++)
        for (size_t k = 0; k < sizeof bodies / sizeof *bodies; k++) {
            pni_inbound msg = {.method = "POST", .path = "/", .body = pni_span_of(bodies[k])};
            pni_heard h = {0};
            told(pni_link_hear(p, l, backs->name[i], &msg, &h));
        }
}

static void search(const char *connector, const char *with)
{
    for (int i = 0; i < needles; i++)
        ck_assert_msg(!strstr(said, needle[i]), "%s with %s keys: a secret is told: %.300s",
                      connector, with, strstr(said, needle[i]));
}

static void try_all(const char *file, const char *name, void (*key)(const char *), const char *with)
{
    char conf[200];
    pni_link *l = NULL;
    needles = 0;
    said_n = 0;
    set_up(file, key);
    rig_open("");
    pn_end(p);
    pn_ctx_close(rig_ctx);
    rig_ctx = NULL;
    snprintf(conf, sizeof conf, "%s/piaoniu.yaml", rig_folder);
    pn_open_opts o = {.conf = conf, .no_connect = true, .log = log_it};
    ck_assert_int_eq(pn_ctx_open(&o, &rig_ctx), 0);
    p = pn_begin(rig_ctx);
    ok(pni_link_open(p, name, &l));
    call_all(l);
    pni_link_close(p, l);
    ck_assert_int_gt(needles, 0);
    ck_assert_uint_gt(said_n, 200);
    search(name, with);
    if (key == right_key) { /* it was there: the other side has it, and we see that we sent */
        ck_assert_msg(strstr(said, "P700001"), "%s: nothing was sent", name);
        say(needle[0]);
        ck_assert_msg(strstr(said, needle[0]), "the search finds nothing");
    }
}

static char found[32][64];
static int found_n;

static void find_all(void)
{
    char folder[400];
    const struct dirent *e;
    snprintf(folder, sizeof folder, "%s/link", getenv("PN_DATADIR"));
    DIR *d = opendir(folder);
    while (d && (e = readdir(d))) {
        size_t n = strlen(e->d_name);
        if (n > 5 && !strcmp(e->d_name + n - 5, ".yaml") && found_n < 32)
            snprintf(found[found_n++], sizeof found[0], "%.*s", (int)n - 5, e->d_name);
    }
    if (d)
        closedir(d);
}

START_TEST(no_connector_tells_its_secrets)
{
    char file[500];
    snprintf(file, sizeof file, "%s/link/%s.yaml", getenv("PN_DATADIR"), found[_i]);
    said = malloc(SAID);
    listen_here();
    try_all(file, found[_i], right_key, "right");
    try_all(file, found[_i], wrong_key, "wrong");
    try_all(file, found[_i], open_key, "open");
    shutdown(server, SHUT_RDWR);
    pthread_join(answering, NULL);
    close(server);
    free(said);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("secret");
    find_all();
    tcase_add_checked_fixture(t, rig_setup, rig_teardown);
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(t, no_connector_tells_its_secrets, 0, found_n ? found_n : 1);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
