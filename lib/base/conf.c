/* SPDX-License-Identifier: Apache-2.0 */
/* conf.c — piaoniu.yaml and the environment.
 *
 * The file is loaded as a node tree rather than as events, because every node keeps the place where
 * it stands and an operator who mistyped a key wants that place, not "syntax error". Only keys of
 * the table below are accepted: a setting that is silently ignored is worse than a refused start.
 * This is the one file of the library that may look at the environment. */
#include "conf_int.h"
#include "ssl_int.h"
#include "unit.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

enum {
    FILE_MAX = 1 << 20, /* bytes; a real file has a few hundred */
    PATH_LONGEST = 4096,
    KEY_LONGEST = 64,
};

// clang-format off
static const pn_conf_key keys[] = {
    {"database", PN_CONF_TEXT, "",
        N_("Connection string of a PostgreSQL server; empty: the private cluster")},
    {"state_dir", PN_CONF_PATH, "",
        N_("Folder of the private cluster, keys and spool")},
    {"environment", PN_CONF_WORD, "production",
        N_("What this installation is for; the console shows it, production in an alarming colour"),
        .words = "production staging test"},
    {"pool.max", PN_CONF_INT, "8",
        N_("Database connections of one process at most"), 1, 64},
    {"unit.timeout_ms", PN_CONF_INT, "30000",
        N_("Longest time one request may take, in ms"), 100, 600000},
    {"log.level", PN_CONF_WORD, "info",
        N_("What is logged"), .words = "error warn info debug"},
    {"log.format", PN_CONF_WORD, "text",
        N_("How a log line looks"), .words = "text json"},
    {"business.zone", PN_CONF_TEXT, "Asia/Shanghai",
        N_("Time zone of business days and of times people type")},
    {"business.name", PN_CONF_TEXT, "票牛",
        N_("Name printed on tickets and in messages")},
    {"staff.session_days", PN_CONF_INT, "30",
        N_("Days without use after which a login ends"), 1, 365},
    {"staff.lock_after", PN_CONF_INT, "5",
        N_("Wrong passwords in a row that lock a login"), 3, 100},
    {"staff.lock_minutes", PN_CONF_INT, "15",
        N_("How long a locked login stays locked"), 1, 1440},
    {"staff.password_effort", PN_CONF_WORD, "normal",
        N_("Cost of a password hash; low is for tests only"),
        .words = "low normal high"},
    {"keys.dir", PN_CONF_PATH, "",
        N_("Folder of the secret keys; empty: keys in the state folder")},
    {"job.poll_ms", PN_CONF_INT, "1000",
        N_("How often the job runner looks for work, in ms"), 50, 60000},
    {"notice.file", PN_CONF_PATH, "",
        N_("File that notices are written to; empty: notice.log in the state folder")},
    {"http.listen", PN_CONF_TEXT, "127.0.0.1",
        N_("Address the HTTP server listens on")},
    {"http.port", PN_CONF_INT, "8480",
        N_("Port the HTTP server listens on; 0: any free one"), 0, 65535},
    {"http.loops", PN_CONF_INT, "1",
        N_("Threads that serve HTTP connections"), 1, 64},
    {"http.workers", PN_CONF_INT, "4",
        N_("Threads that run HTTP requests; no more than pool.max is of use"), 1, 64},
    {"http.queue_max", PN_CONF_INT, "512",
        N_("HTTP requests that may wait for a worker"), 1, 65536},
    {"http.desk_max", PN_CONF_INT, "4096",
        N_("HTTP requests that may wait at a desk, where those of one kind are done together"), 1,
        65536},
    {"http.desk_batches", PN_CONF_INT, "2",
        N_("Batches of one desk under way at once; 1: all strictly in order of arrival"), 1, 8},
    {"http.connections_max", PN_CONF_INT, "4096",
        N_("Open HTTP connections at most"), 16, 65536},
    {"http.body_max", PN_CONF_INT, "1048576",
        N_("Longest request body, in bytes"), 1024, 104857600},
    {"http.header_max", PN_CONF_INT, "16384",
        N_("Longest request head, in bytes"), 1024, 1048576},
    {"http.idle_s", PN_CONF_INT, "60",
        N_("Seconds after which an idle connection is closed"), 1, 3600},
    {"http.request_s", PN_CONF_INT, "30",
        N_("Seconds a client may take to send a request"), 1, 600},
    {"http.rate_per_minute", PN_CONF_INT, "1200",
        N_("Requests per minute of one token; 0: no limit"), 0, 1000000},
    {"http.snapshot_ms", PN_CONF_INT, "1000",
        N_("How long answers that everybody gets alike are kept, in ms; 0: not at all"), 0, 60000},
    {"http.access_log", PN_CONF_BOOL, "true",
        N_("Log every request")},
    {"http.public_url", PN_CONF_TEXT, "",
        N_("Address of the HTTP server as the outside sees it")},
    {"link.dir", PN_CONF_PATH, "",
        N_("Folder of connector files that come before the shipped ones")},
    {"link.record", PN_CONF_PATH, "",
        N_("Folder that answers of other systems are recorded in; empty: none are")},
    {"link.replay", PN_CONF_PATH, "",
        N_("Folder of recorded answers to be given instead of calling; for tests")},
    {"provider.simulated.delay_ms", PN_CONF_INT, "0",
        N_("Simulated payments: delay of the notice, in ms"), 0, 600000},
    {"provider.simulated.duplicate_bp", PN_CONF_INT, "0",
        N_("Simulated payments: notices sent twice, in 1/10000"), 0, 10000},
    {"provider.simulated.loss_bp", PN_CONF_INT, "0",
        N_("Simulated payments: notices lost, in 1/10000"), 0, 10000},
    {"provider.simulated.wrong_amount_bp", PN_CONF_INT, "0",
        N_("Simulated payments: wrong amounts, in 1/10000"), 0, 10000},
    {0},
};
// clang-format on
enum { KEYS = sizeof(keys) / sizeof(keys[0]) - 1 };

struct pni_conf {
    char *file, *folder, *state;
    char *value[KEYS]; /* NULL: the file does not say */
};

/* One reading of one file. */
struct reading {
    struct pni_conf *conf;
    yaml_document_t doc;
    const char *file;
    char **message, **hint;
};

const pn_conf_key *pn_conf_keys(void)
{
    return keys;
}

const char *pni_env(const char *name)
{
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

static int key_find(const char *name)
{
    for (int i = 0; i < KEYS; i++)
        if (!strcmp(keys[i].name, name))
            return i;
    return -1;
}

/* Is `name` the beginning of a nested key ("http" of "http.port")? */
static bool key_is_group(const char *name)
{
    size_t len = strlen(name);
    for (int i = 0; i < KEYS; i++)
        if (!strncmp(keys[i].name, name, len) && keys[i].name[len] == '.')
            return true;
    return false;
}

/* Levenshtein distance, by one row; both names are short. */
int pni_text_distance(const char *a, const char *b)
{
    int row[KEY_LONGEST + 1];
    size_t n = strnlen(b, KEY_LONGEST);
    for (size_t j = 0; j <= n; j++)
        row[j] = (int)j;
    for (size_t i = 1; a[i - 1]; i++) {
        int corner = row[0];
        row[0] = (int)i;
        for (size_t j = 1; j <= n; j++) {
            int swap = corner + (a[i - 1] != b[j - 1]);
            corner = row[j];
            int least = row[j - 1] < row[j] ? row[j - 1] + 1 : row[j] + 1;
            row[j] = swap < least ? swap : least;
        }
    }
    return row[n];
}

/* The table's key, or group of keys, that looks most like `name`; false when none does. */
static bool nearest(const char *name, char *best)
{
    int least = (int)strlen(name) / 3 + 2;
    bool found = false;
    for (int i = 0; i < KEYS; i++) {
        const char *key = keys[i].name, *tail = strrchr(key, '.');
        const char *end = key - 1;
        while (end < key || *end) {
            end = strchrnul(end + 1, '.');
            char part[KEY_LONGEST];
            snprintf(part, sizeof(part), "%.*s", (int)(end - key), key);
            int far = pni_text_distance(name, part);
            /* "port" for "http.port" */
            if (!*end && tail && pni_text_distance(name, tail + 1) < far)
                far = pni_text_distance(name, tail + 1) + 1;
            if (far < least) {
                least = far;
                found = true;
                snprintf(best, KEY_LONGEST, "%s", part);
            }
        }
    }
    return found;
}

PN_PRINTF(1, 2) static char *text_of(const char *fmt, ...)
{
    char *text;
    va_list args;
    va_start(args, fmt);
    int len = vasprintf(&text, fmt, args);
    va_end(args);
    return len < 0 ? NULL : text;
}

/* Take ownership of `words`; NULL words mean that memory ran out. */
static pn_code refuse(struct reading *r, yaml_mark_t at, char *words, char *hint)
{
    *r->message = words ? text_of("%s:%zu:%zu: %s", r->file, at.line + 1, at.column + 1, words)
                        : NULL;
    free(words);
    *r->hint = hint;
    return *r->message ? PN_ECONF : PN_EMEM;
}

static pn_code refuse_unknown(struct reading *r, yaml_mark_t at, const char *key)
{
    char near[KEY_LONGEST];
    char *hint = nearest(key, near) ? text_of(pn_tr("Did you mean '%s'?"), near)
                                    : text_of("%s", pn_tr("piaoniu.yaml(5) lists every key."));
    return refuse(r, at, text_of(pn_tr("key '%s' is unknown"), key), hint);
}

static pn_code refuse_value(struct reading *r, yaml_mark_t at, const pn_conf_key *key,
                            const char *got)
{
    char *words = NULL;
    switch (key->kind) {
    case PN_CONF_INT:
        words = text_of(pn_tr("key '%s': expected a number from %lld to %lld, got '%s'"), key->name,
                        (long long)key->min, (long long)key->max, got);
        break;
    case PN_CONF_BOOL:
        words = text_of(pn_tr("key '%s': expected true or false, got '%s'"), key->name, got);
        break;
    case PN_CONF_WORD:
        words = text_of(pn_tr("key '%s': expected one of %s, got '%s'"), key->name, key->words,
                        got);
        break;
    case PN_CONF_TEXT:
    case PN_CONF_PATH:
        words = text_of(pn_tr("key '%s': expected text of at most %d bytes on one line"), key->name,
                        PATH_LONGEST);
        break;
    }
    return refuse(r, at, words, text_of("%s", pn_tr(key->help)));
}

static bool word_known(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = words; len && *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == len && !strncmp(at, word, len))
            return true;
    return false;
}

static const char *home(void)
{
    const char *named = pni_env("HOME");
    return named ? named : "/";
}

static char *path_of(const struct pni_conf *conf, const char *text)
{
    if (!*text || *text == '/')
        return strdup(text);
    if (!strncmp(text, "~/", 2))
        return text_of("%s/%s", home(), text + 2);
    return text_of("%s/%s", conf->folder, text);
}

static bool number_of(const char *text, int64_t *out)
{
    char *end;
    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno || end == text || *end || strchr(" \t\n", *text))
        return false;
    *out = number;
    return true;
}

static int bool_of(const char *text)
{
    static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};
    for (int i = 0; i < 6; i++)
        if (!strcasecmp(text, words[i]))
            return i & 1;
    return -1;
}

static pn_code take_value(struct reading *r, const yaml_node_t *node, int at)
{
    const pn_conf_key *key = &keys[at];
    if (node->type != YAML_SCALAR_NODE)
        return refuse_value(r, node->start_mark, key,
                            node->type == YAML_MAPPING_NODE ? "{…}" : "[…]");
    const char *text = (const char *)node->data.scalar.value;
    size_t len = node->data.scalar.length;
    int64_t number = 0;
    char *value = NULL;
    if (len > PATH_LONGEST || strlen(text) != len || strchr(text, '\n'))
        return refuse_value(r, node->start_mark, key, "…");
    if (key->kind == PN_CONF_INT) {
        if (!number_of(text, &number) || number < key->min || number > key->max)
            return refuse_value(r, node->start_mark, key, text);
    } else if (key->kind == PN_CONF_BOOL && bool_of(text) < 0) {
        return refuse_value(r, node->start_mark, key, text);
    } else if (key->kind == PN_CONF_WORD && !word_known(key->words, text)) {
        return refuse_value(r, node->start_mark, key, text);
    }
    value = key->kind == PN_CONF_PATH ? path_of(r->conf, text) : strdup(text);
    if (!value)
        return PN_EMEM;
    r->conf->value[at] = value;
    return PN_OK;
}

/* Depth is bounded by the table: a mapping under an unknown name is refused at once. */
static pn_code take_mapping(struct reading *r, const yaml_node_t *map, const char *prefix)
{
    for (yaml_node_pair_t *pair = map->data.mapping.pairs.start;
         pair < map->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = yaml_document_get_node(&r->doc, pair->key);
        const yaml_node_t *node = yaml_document_get_node(&r->doc, pair->value);
        char key[KEY_LONGEST];
        if (name->type != YAML_SCALAR_NODE)
            return refuse(r, name->start_mark, text_of("%s", pn_tr("expected a key")), NULL);
        int len = snprintf(key, sizeof(key), "%s%s%s", prefix, *prefix ? "." : "",
                           (const char *)name->data.scalar.value);
        int at = key_find(key);
        if (len < 0 || (size_t)len >= sizeof(key) || (at < 0 && !key_is_group(key)))
            return refuse_unknown(r, name->start_mark, key);
        bool null = node->type == YAML_SCALAR_NODE && !node->data.scalar.length &&
                    node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
        if (at >= 0 && r->conf->value[at])
            return refuse(r, name->start_mark, text_of(pn_tr("key '%s' is given twice"), key),
                          NULL);
        if (null) /* "http:" with everything below it commented out */
            continue;
        if (at < 0 && node->type != YAML_MAPPING_NODE)
            return refuse(r, node->start_mark,
                          text_of(pn_tr("key '%s': expected nested keys"), key), NULL);
        PN_TRY(at < 0 ? take_mapping(r, node, key) : take_value(r, node, at));
    }
    return PN_OK;
}

/* A byte that is not UTF-8 comes with an offset instead of a mark. */
static pn_code refuse_syntax(struct reading *r, const yaml_parser_t *parser, const char *text)
{
    yaml_mark_t at = parser->problem_mark;
    if (parser->error == YAML_MEMORY_ERROR)
        return PN_EMEM;
    if (parser->error == YAML_READER_ERROR) {
        at.line = at.column = 0;
        for (size_t i = 0; i < parser->problem_offset; i++) {
            at.column = text[i] == '\n' ? 0 : at.column + 1;
            at.line += text[i] == '\n';
        }
    }
    return refuse(r, at,
                  text_of(pn_tr("not valid YAML: %s"), parser->problem ? parser->problem : "?"),
                  text_of("%s", pn_tr("Write 'key: value', nested keys indented by blanks.")));
}

static pn_code read_text(struct reading *r, const char *text, size_t len)
{
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return PN_EMEM;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, len);
    pn_code rc = PN_OK;
    if (!yaml_parser_load(&parser, &r->doc)) {
        rc = refuse_syntax(r, &parser, text);
    } else {
        const yaml_node_t *root = yaml_document_get_root_node(&r->doc);
        bool empty = !root || (root->type == YAML_SCALAR_NODE && !root->data.scalar.length);
        if (!empty && root->type != YAML_MAPPING_NODE)
            rc = refuse(r, root->start_mark,
                        text_of("%s", pn_tr("expected 'key: value' lines")), NULL);
        else if (!empty)
            rc = take_mapping(r, root, "");
        yaml_document_delete(&r->doc);
    }
    if (!rc && !yaml_parser_load(&parser, &r->doc)) {
        rc = refuse_syntax(r, &parser, text);
    } else if (!rc) {
        const yaml_node_t *more = yaml_document_get_root_node(&r->doc);
        if (more)
            rc = refuse(r, more->start_mark,
                        text_of("%s", pn_tr("expected only one document")), NULL);
        yaml_document_delete(&r->doc);
    }
    yaml_parser_delete(&parser);
    return rc;
}

/* The whole file, or errno. A folder or device is no configuration file. */
static int slurp(const char *path, char **out, size_t *len)
{
    FILE *file = fopen(path, "re");
    struct stat st;
    if (!file)
        return errno;
    char *text = NULL;
    int rc = fstat(fileno(file), &st) ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;
    if (!rc && !(text = malloc(FILE_MAX + 1)))
        rc = ENOMEM;
    if (!rc) {
        *len = fread(text, 1, FILE_MAX + 1, file);
        rc = ferror(file) ? EIO : *len > FILE_MAX ? EFBIG : 0;
    }
    fclose(file);
    if (rc)
        free(text);
    else
        *out = text;
    return rc;
}

static pn_code read_file(struct pni_conf *conf, const char *path, char **message, char **hint)
{
    char *text = NULL;
    size_t len = 0;
    int error = slurp(path, &text, &len);
    if (error == ENOMEM)
        return PN_EMEM;
    if (error) {
        *message = text_of(pn_tr("Configuration file %s cannot be read: %s"), path,
                           strerrordesc_np(error));
        *hint = error == EFBIG ? text_of(pn_tr("At most %d bytes are accepted."), FILE_MAX)
                               : text_of("%s", pn_tr("Check the path given by --conf or PN_CONF."));
        return *message ? PN_ECONF : PN_EMEM;
    }
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path)) : strdup(".");
    if (folder && (*folder == '/' || !*folder)) /* "" is the root folder */
        conf->folder = strdup(folder);
    else if (folder)
        conf->folder = realpath(folder, NULL);
    free(folder);
    conf->file = strdup(path);
    struct reading r = {.conf = conf, .file = path, .message = message, .hint = hint};
    pn_code rc = conf->folder && conf->file ? read_text(&r, text, len) : PN_EMEM;
    free(text);
    return rc;
}

/* The first usual place that holds a file; NULL when none does. PN_EMEM leaves *ok false. */
static char *usual_file(bool *ok)
{
    const char *xdg = pni_env("XDG_CONFIG_HOME");
    char *places[] = {
        strdup("./piaoniu.yaml"),
        xdg ? text_of("%s/piaoniu/piaoniu.yaml", xdg)
            : text_of("%s/.config/piaoniu/piaoniu.yaml", home()),
        text_of("%s/piaoniu/piaoniu.yaml", PN_SYSCONFDIR),
    };
    char *found = NULL;
    *ok = true;
    for (int i = 0; i < 3; i++) {
        *ok = *ok && places[i];
        if (*ok && !found && !access(places[i], F_OK))
            found = places[i];
        else
            free(places[i]);
    }
    return found;
}

/* A relative folder would change its meaning with the next chdir. */
static char *absolute(const char *path)
{
    if (*path == '/')
        return strdup(path);
    char *here = getcwd(NULL, 0);
    char *whole = here ? text_of("%s/%s", here, path) : NULL;
    free(here);
    return whole;
}

static char *state_dir(const struct pni_conf *conf)
{
    const char *named = pni_env("PN_STATE"), *xdg = pni_env("XDG_STATE_HOME");
    const char *value = pni_conf_text(conf, "state_dir");
    if (named)
        return absolute(named);
    if (*value)
        return strdup(value);
    if (!geteuid())
        return strdup("/var/lib/piaoniu");
    if (xdg && *xdg == '/')
        return text_of("%s/piaoniu", xdg);
    return text_of("%s/.local/state/piaoniu", home());
}

/* What no process can do without is loaded here; what only some need, when they need it. */
static pn_code libraries(char **message, char **hint)
{
    if (pni_ssl_load())
        return PN_OK;
    *message = text_of("%s", pn_tr("The library that signs and seals (libcrypto.so.3) cannot be"
                                   " loaded"));
    *hint = text_of("%s", pn_tr("Install libssl3."));
    return *message ? PN_ECONF : PN_EMEM;
}

pn_code pni_conf_load(const char *path, struct pni_conf **out, char **message, char **hint)
{
    char *found = NULL;
    bool ok = true;
    *out = NULL;
    *message = *hint = NULL;
    struct pni_conf *conf = calloc(1, sizeof(*conf));
    if (!conf)
        return PN_EMEM;
    if (!path)
        path = pni_env("PN_CONF");
    if (!path)
        path = found = usual_file(&ok);
    pn_code rc = !ok ? PN_EMEM : path ? read_file(conf, path, message, hint) : PN_OK;
    if (!rc && !(conf->state = state_dir(conf)))
        rc = PN_EMEM;
    if (!rc)
        rc = libraries(message, hint);
    free(found);
    if (rc)
        pni_conf_free(conf);
    else
        *out = conf;
    return rc;
}

void pni_conf_free(struct pni_conf *conf)
{
    if (!conf)
        return;
    for (int i = 0; i < KEYS; i++)
        free(conf->value[i]);
    free(conf->file);
    free(conf->folder);
    free(conf->state);
    free(conf);
}

const char *pni_conf_text(const struct pni_conf *conf, const char *key)
{
    int at = key_find(key);
    if (at < 0)
        return "";
    return conf && conf->value[at] ? conf->value[at] : keys[at].standard;
}

int64_t pni_conf_int(const struct pni_conf *conf, const char *key)
{
    const char *text = pni_conf_text(conf, key);
    int64_t number = 0;
    if (number_of(text, &number))
        return number;
    return bool_of(text) == 1;
}

const char *pni_conf_file(const struct pni_conf *conf)
{
    return conf && conf->file ? conf->file : "";
}

const char *pni_conf_state_dir(const struct pni_conf *conf)
{
    return conf->state;
}
