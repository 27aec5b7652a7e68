/* SPDX-License-Identifier: Apache-2.0 */
/* wire.c — the one place that talks to the network. Peer and host are always verified, nothing is
 * redirected (a signed request means one address), sizes and times are capped. Without TLS only
 * this machine is spoken to. An address that somebody else named may not be one of our own network:
 * it is judged after the name is resolved, at the moment of connecting. libcurl is loaded when the
 * first call goes out: with all it needs itself it would cost every command its start. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link/engine_int.h"

enum { BODY_MAX = 32 << 20, HEADERS_MAX = 64 << 10 };
#define FILE_MAX (INT64_C(8) << 30)

typedef struct sink {
    pn *p;
    pn_buf body;
    pni_pairs header;
    size_t head_n;
    FILE *save;
    int64_t saved;
    bool foreign, memory, barred;
} sink;

/* ---- the library ---- */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct {
    bool ready;
    __typeof__(&curl_global_init) begin;
    __typeof__(&curl_easy_init) make;
    __typeof__(&curl_easy_cleanup) drop;
    __typeof__(&curl_easy_setopt) set;
    __typeof__(&curl_easy_getinfo) get;
    __typeof__(&curl_easy_perform) perform;
    __typeof__(&curl_easy_strerror) error;
    __typeof__(&curl_slist_append) append;
    __typeof__(&curl_slist_free_all) drop_list;
} lib;

static void load(void)
{
    static const char *const names[] = {"libcurl.so.4", "libcurl-gnutls.so.4"};
    void *so = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names && !so; i++)
        so = dlopen(names[i], RTLD_LAZY | RTLD_LOCAL);
    if (!so)
        return;
#define FIND(field, symbol) lib.field = (__typeof__(lib.field))dlsym(so, #symbol)
    FIND(begin, curl_global_init);
    FIND(make, curl_easy_init);
    FIND(drop, curl_easy_cleanup);
    FIND(set, curl_easy_setopt);
    FIND(get, curl_easy_getinfo);
    FIND(perform, curl_easy_perform);
    FIND(error, curl_easy_strerror);
    FIND(append, curl_slist_append);
    FIND(drop_list, curl_slist_free_all);
#undef FIND
    lib.ready = lib.begin && lib.make && lib.drop && lib.set && lib.get && lib.perform &&
                lib.error && lib.append && lib.drop_list && !lib.begin(CURL_GLOBAL_DEFAULT);
}

static void drop_curl(CURL **c)
{
    lib.drop(*c);
}
static void drop_list(struct curl_slist **l)
{
    lib.drop_list(*l);
}

/* ---- addresses ---- */

static bool v4_own(uint32_t a)
{
    return a >> 24 == 127 || a >> 24 == 10 || a >> 24 == 0 || a >> 20 == 0xac1 ||
           a >> 16 == 0xc0a8 || a >> 16 == 0xa9fe || a >> 22 == 0x191 || a >> 28 >= 0xe;
}

/* Loopback, private, link-local, carrier-grade NAT, multicast: nobody outside is there. */
bool pni_address_own(const struct sockaddr *sa)
{
    if (sa->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sa, sizeof in);
        return v4_own(ntohl(in.sin_addr.s_addr));
    }
    if (sa->sa_family != AF_INET6)
        return true;
    struct sockaddr_in6 in;
    uint32_t v4;
    memcpy(&in, sa, sizeof in);
    const unsigned char *b = in.sin6_addr.s6_addr;
    memcpy(&v4, b + 12, sizeof v4);
    if (IN6_IS_ADDR_V4MAPPED(&in.sin6_addr) || IN6_IS_ADDR_V4COMPAT(&in.sin6_addr))
        return v4_own(ntohl(v4));
    if (IN6_IS_ADDR_LOOPBACK(&in.sin6_addr) || IN6_IS_ADDR_UNSPECIFIED(&in.sin6_addr))
        return true;
    return (b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80) || b[0] == 0xff;
}

static curl_socket_t open_socket(void *self, curlsocktype purpose, struct curl_sockaddr *a)
{
    sink *k = self;
    (void)purpose;
    if (k->foreign && pni_address_own(&a->addr)) {
        k->barred = true;
        return CURL_SOCKET_BAD;
    }
    return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

bool pni_url_here(const char *url)
{
    static const char *const hosts[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        size_t n = strlen(hosts[i]);
        if (!strncmp(url, hosts[i], n) && strchr(":/?", url[n]))
            return true;
    }
    return false;
}

/* ---- what comes back ---- */

static size_t take_body(char *data, size_t size, size_t n, void *self)
{
    sink *k = self;
    if (k->save) {
        k->saved += (int64_t)(size * n);
        return k->saved > FILE_MAX ? 0 : fwrite(data, 1, size * n, k->save);
    }
    if (k->body.len + size * n > BODY_MAX)
        return 0;
    pn_buf_put(&k->body, data, size * n);
    return k->body.bad ? 0 : size * n;
}

static size_t take_header(char *data, size_t size, size_t n, void *self)
{
    sink *k = self;
    size_t len = size * n;
    const char *colon = memchr(data, ':', len);
    if ((k->head_n += len) > HEADERS_MAX)
        return 0;
    if (len > 5 && !strncmp(data, "HTTP/", 5))
        k->header.n = 0; /* another answer before this one (100 Continue) */
    if (!colon)
        return len;
    const char *from = colon + 1, *end = data + len;
    while (from < end && *from == ' ')
        from++;
    while (end > from && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' '))
        end--;
    const char *name = pn_printf(k->p, "%.*s", (int)(colon - data), data);
    pni_span value;
    if (!name || pni_span_copy(k->p, from, (size_t)(end - from), &value) ||
        !pni_pairs_put(k->p, &k->header, name, value, false)) {
        k->memory = true;
        return 0;
    }
    return len;
}

/* ---- sending ---- */

static bool settle(CURL *c, const pni_wire *w, sink *k, bool local)
{
    return !lib.set(c, CURLOPT_URL, w->url) &&
           !lib.set(c, CURLOPT_PROTOCOLS_STR, local ? "http,https" : "https") &&
           !lib.set(c, CURLOPT_FOLLOWLOCATION, 0L) &&
           !lib.set(c, CURLOPT_SSL_VERIFYPEER, 1L) &&
           !lib.set(c, CURLOPT_SSL_VERIFYHOST, 2L) &&
           !lib.set(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
           !lib.set(c, CURLOPT_NOSIGNAL, 1L) &&
           !lib.set(c, CURLOPT_TIMEOUT_MS, (long)w->timeout_ms) &&
           !lib.set(c, CURLOPT_CONNECTTIMEOUT_MS, (long)w->timeout_ms / 2) &&
           !lib.set(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) &&
           !lib.set(c, CURLOPT_OPENSOCKETDATA, k) &&
           !lib.set(c, CURLOPT_WRITEFUNCTION, take_body) &&
           !lib.set(c, CURLOPT_WRITEDATA, k) &&
           !lib.set(c, CURLOPT_HEADERFUNCTION, take_header) &&
           !lib.set(c, CURLOPT_HEADERDATA, k) &&
           !(local && lib.set(c, CURLOPT_NOPROXY, "*")) &&
           !(w->ca && lib.set(c, CURLOPT_CAINFO, w->ca)) &&
           !(w->pin && lib.set(c, CURLOPT_PINNEDPUBLICKEY, w->pin));
}

static bool dress(pn *p, CURL *c, const pni_message *req, struct curl_slist **list)
{
    for (size_t i = 0; i < req->header.n; i++) {
        const char *line = pn_printf(p, "%s: %s", req->header.v[i].name, req->header.v[i].value.s);
        struct curl_slist *more = line ? lib.append(*list, line) : NULL;
        if (!more)
            return false;
        *list = more;
    }
    struct curl_slist *more = lib.append(*list, "Expect:");
    if (!more)
        return false;
    *list = more;
    bool body = strcmp(req->method, "GET") != 0;
    return !lib.set(c, CURLOPT_HTTPHEADER, *list) &&
           !lib.set(c, CURLOPT_CUSTOMREQUEST, req->method) &&
           !(body && (lib.set(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body.n) ||
                      lib.set(c, CURLOPT_POSTFIELDS, req->body.s ? req->body.s : "")));
}

/* Did it fail before a byte can have been understood? */
static bool not_sent(CURLcode rc)
{
    return rc == CURLE_COULDNT_RESOLVE_HOST || rc == CURLE_COULDNT_RESOLVE_PROXY ||
           rc == CURLE_COULDNT_CONNECT || rc == CURLE_SSL_CONNECT_ERROR ||
           rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_PINNEDPUBKEYNOTMATCH ||
           rc == CURLE_UNSUPPORTED_PROTOCOL || rc == CURLE_URL_MALFORMAT ||
           rc == CURLE_SSL_CACERT_BADFILE;
}

int pni_wire_send(pn *p, const pni_wire *w, const pni_message *req, pni_message *res, int *how,
                  const char **why)
{
    pthread_once(&once, load);
    if (!lib.ready) {
        *how = PNI_WIRE_NOT_SENT;
        *why = pn_tr("libcurl.so.4 cannot be loaded: install libcurl4");
        return 0;
    }
    sink k = {.p = p, .body = pn_buf_new(p), .foreign = w->foreign, .save = w->save};
    __attribute__((cleanup(drop_list))) struct curl_slist *list = NULL;
    __attribute__((cleanup(drop_curl))) CURL *c = lib.make();
    bool local = pni_url_here(w->url);
    long status = 0;
    pn_buf_puts(&k.body, "");
    if (!c || !settle(c, w, &k, local) || !dress(p, c, req, &list))
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    CURLcode rc = lib.perform(c);
    if (k.memory || k.body.bad)
        return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
    lib.get(c, CURLINFO_RESPONSE_CODE, &status);
    *how = rc == CURLE_OK || k.barred ? PNI_WIRE_OK : PNI_WIRE_NO_ANSWER;
    if (k.barred || not_sent(rc))
        *how = PNI_WIRE_NOT_SENT;
    *why = k.barred ? pn_tr("the address lies inside this network")
                    : rc == CURLE_OK ? "" : lib.error(rc);
    *res = (pni_message){.status = (int)status, .header = k.header,
                         .body = {k.body.text, k.body.len}};
    return 0;
}
