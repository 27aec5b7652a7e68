/* SPDX-License-Identifier: Apache-2.0 */
/* conf.c — piaoniu.yaml: defaults, every kind of mistake with its place, the environment. */
#include "base/conf_int.h"
#include "main_int.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct pni_conf *conf;
static char *message, *hint;

static void setup(void)
{
    snprintf(folder, sizeof(folder), "/tmp/pn conf.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(chdir(folder), 0);
    unsetenv("PN_CONF");
    unsetenv("PN_STATE");
    setenv("HOME", folder, 1);
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("XDG_STATE_HOME");
}

static void done(void)
{
    pni_conf_free(conf);
    free(message);
    free(hint);
    conf = NULL;
    message = hint = NULL;
}

static void teardown(void)
{
    done();
    unlink("piaoniu.yaml");
    unlink("other.yaml");
    ck_assert_int_eq(chdir("/"), 0);
    rmdir(folder);
}

static void put(const char *name, const char *text, size_t len)
{
    FILE *file = fopen(name, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
    fclose(file);
}

static pn_code load(const char *text)
{
    done();
    put("piaoniu.yaml", text, strlen(text));
    return pni_conf_load("piaoniu.yaml", &conf, &message, &hint);
}

START_TEST(nothing_is_fine)
{
    ck_assert_int_eq(pni_conf_load(NULL, &conf, &message, &hint), PN_OK);
    ck_assert_str_eq(pni_conf_file(conf), "");
    ck_assert_int_eq(pni_conf_int(conf, "http.port"), 8480);
    ck_assert_int_eq(pni_conf_int(conf, "http.access_log"), 1);
    ck_assert_str_eq(pni_conf_text(conf, "business.zone"), "Asia/Shanghai");
    ck_assert_str_eq(pni_conf_text(conf, "no.such.key"), "");
}
END_TEST

START_TEST(values_of_every_kind)
{
    ck_assert_int_eq(load("# ours\nhttp:\n  port: 0\n  access_log: no\nlog: {level: debug}\n"
                          "keys.dir: sub dir/keys\nnotice: {file: ~/n.log}\n"
                          "business: {name: \"票 牛\"}\npool:\n"),
                     PN_OK);
    ck_assert_int_eq(pni_conf_int(conf, "http.port"), 0);
    ck_assert_int_eq(pni_conf_int(conf, "http.access_log"), 0);
    ck_assert_str_eq(pni_conf_text(conf, "log.level"), "debug");
    ck_assert_str_eq(pni_conf_text(conf, "business.name"), "票 牛");
    ck_assert_int_eq(pni_conf_int(conf, "pool.max"), 8);
    char path[128];
    snprintf(path, sizeof(path), "%s/n.log", folder);
    ck_assert_str_eq(pni_conf_text(conf, "notice.file"), path);
    snprintf(path, sizeof(path), "%s/sub dir/keys", folder);
    ck_assert_str_eq(pni_conf_text(conf, "keys.dir"), path);
}
END_TEST

static const struct mistake {
    const char *text, *message, *hint;
} mistakes[] = {
    {"http: {port: 99999}",
     "piaoniu.yaml:1:14: key 'http.port': expected a number from 0 to 65535, got '99999'",
     "Port the HTTP"},
    {"http:\n  port: 12x\n", "2:9: key 'http.port': expected a number", "Port"},
    {"http:\n  prt: 1\n", "2:3: key 'http.prt' is unknown", "Did you mean 'http.port'?"},
    {"htp:\n  port: 1\n", "1:1: key 'htp' is unknown", "Did you mean 'http'?"},
    {"port: 1\n", "1:1: key 'port' is unknown", "Did you mean 'http.port'?"},
    {"zzzzzzzz: 1\n", "key 'zzzzzzzz' is unknown", "piaoniu.yaml(5)"},
    {"http: 1\n", "1:7: key 'http': expected nested keys", NULL},
    {"http: {port: [1]}", "1:14: key 'http.port': expected a number", NULL},
    {"log: {level: loud}", "key 'log.level': expected one of error warn info debug, got 'loud'",
     "What is logged"},
    {"http: {access_log: maybe}", "key 'http.access_log': expected true or false", NULL},
    {"http.port: 7\nhttp: {port: 8}", "2:8: key 'http.port' is given twice", NULL},
    {"business: {name: \"a\\nb\"}", "key 'business.name': expected text", NULL},
    {"http: &a {port: 1}\nlog: *a", "key 'log.port' is unknown", NULL},
    {"? [a]\n: 1", "expected a key", NULL},
    {"- 1\n- 2\n", "1:1: expected 'key: value' lines", NULL},
    {"http: {port: 1}\n---\nhttp: {port: 2}\n", "3:1: expected only one document", NULL},
    {"http:\n\tport: 1\n", "2:1: not valid YAML", "Write 'key: value'"},
    {"a: [", "not valid YAML", NULL},
    {"# \xb0\xb1\n", "1:3: not valid YAML", NULL},
};

START_TEST(mistakes_are_told_with_their_place)
{
    const struct mistake *m = &mistakes[_i];
    ck_assert_int_eq(load(m->text), PN_ECONF);
    ck_assert_ptr_null(conf);
    ck_assert_msg(strstr(message, m->message), "%s", message);
    ck_assert_msg(!strncmp(message, "piaoniu.yaml:", 13), "%s", message);
    if (m->hint)
        ck_assert_msg(hint && strstr(hint, m->hint), "%s", hint ? hint : "no hint");
}
END_TEST

START_TEST(files_that_are_none)
{
    static char big[(1 << 20) + 2];
    ck_assert_int_eq(pni_conf_load("absent.yaml", &conf, &message, &hint), PN_ECONF);
    ck_assert_ptr_nonnull(strstr(message, "absent.yaml"));
    done();
    ck_assert_int_eq(pni_conf_load(".", &conf, &message, &hint), PN_ECONF);
    done();
    memset(big, '\n', sizeof(big));
    put("piaoniu.yaml", big, sizeof(big));
    ck_assert_int_eq(pni_conf_load("piaoniu.yaml", &conf, &message, &hint), PN_ECONF);
    ck_assert_ptr_nonnull(strstr(hint, "1048576"));
    done();
    setenv("PN_CONF", "absent.yaml", 1);
    ck_assert_int_eq(pni_conf_load(NULL, &conf, &message, &hint), PN_ECONF);
}
END_TEST

START_TEST(a_named_file_wins_over_the_usual_place)
{
    put("piaoniu.yaml", "http.port: 1", 12);
    put("other.yaml", "http.port: 2", 12);
    ck_assert_int_eq(pni_conf_load(NULL, &conf, &message, &hint), PN_OK);
    ck_assert_int_eq(pni_conf_int(conf, "http.port"), 1);
    done();
    setenv("PN_CONF", "other.yaml", 1);
    ck_assert_int_eq(pni_conf_load(NULL, &conf, &message, &hint), PN_OK);
    ck_assert_int_eq(pni_conf_int(conf, "http.port"), 2);
}
END_TEST

START_TEST(the_state_folder_is_absolute)
{
    char path[128];
    ck_assert_int_eq(load("state_dir: here\n"), PN_OK);
    snprintf(path, sizeof(path), "%s/here", folder);
    ck_assert_str_eq(pni_conf_state_dir(conf), path);
    setenv("PN_STATE", "there", 1);
    ck_assert_int_eq(load("state_dir: here\n"), PN_OK);
    snprintf(path, sizeof(path), "%s/there", folder);
    ck_assert_str_eq(pni_conf_state_dir(conf), path);
    unsetenv("PN_STATE");
    ck_assert_int_eq(load(""), PN_OK);
    snprintf(path, sizeof(path), "%s/.local/state/piaoniu", folder);
    ck_assert_str_eq(pni_conf_state_dir(conf), geteuid() ? path : "/var/lib/piaoniu");
}
END_TEST

static const char *slurp(const char *name)
{
    static char text[1 << 16];
    FILE *file = fopen(name, "r");
    ck_assert_msg(file, "%s cannot be read", name);
    text[fread(text, 1, sizeof(text) - 1, file)] = 0;
    fclose(file);
    return text;
}

START_TEST(the_manual_explains_every_key)
{
    char name[4096], entry[160];
    const char *src = getenv("PN_SRCDIR");
    ck_assert_msg(src, "PN_SRCDIR names the source folder");
    snprintf(name, sizeof(name), "%s/man/piaoniu.yaml.5", src);
    const char *text = slurp(name);
    for (const pn_conf_key *key = pn_conf_keys(); key->name; key++) {
        snprintf(entry, sizeof(entry), "\n\\fB%s\\fR (", key->name);
        ck_assert_msg(strstr(text, entry), "not in the manual: %s; run make regen", key->name);
    }
}
END_TEST

/* The shipped sample is the table in another form: same keys, same defaults, nothing else. */
START_TEST(the_sample_file_shows_every_key)
{
    char name[4096];
    snprintf(name, sizeof(name), "%s/piaoniu.yaml", pn_data_dir());
    ck_assert_msg(pni_conf_load(name, &conf, &message, &hint) == PN_OK, "%s", message);
    const char *text = slurp(name);
    for (const pn_conf_key *key = pn_conf_keys(); key->name; key++) {
        const char *last = strrchr(key->name, '.');
        char line[160], none[160];
        snprintf(line, sizeof(line), "%s: %s\n", last ? last + 1 : key->name, key->standard);
        snprintf(none, sizeof(none), "%s:\n", last ? last + 1 : key->name);
        ck_assert_msg(strstr(text, *key->standard ? line : none), "not in the sample: %s", line);
        ck_assert_msg(strstr(text, key->help), "not explained in the sample: %s", key->name);
        ck_assert_str_eq(pni_conf_text(conf, key->name), key->standard);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("base/conf");
    TCase *all = tcase_create("conf");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, nothing_is_fine);
    tcase_add_test(all, values_of_every_kind);
    tcase_add_loop_test(all, mistakes_are_told_with_their_place, 0,
                        sizeof(mistakes) / sizeof(mistakes[0]));
    tcase_add_test(all, files_that_are_none);
    tcase_add_test(all, a_named_file_wins_over_the_usual_place);
    tcase_add_test(all, the_state_folder_is_absolute);
    tcase_add_test(all, the_sample_file_shows_every_key);
    tcase_add_test(all, the_manual_explains_every_key);
    suite_add_tcase(suite, all);
    return pn_test_main(suite);
}
