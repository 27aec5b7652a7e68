/* SPDX-License-Identifier: Apache-2.0 */
/* engine.c — the connector engine by itself: files, steps, redaction, throttling. What vendors
 * published reproduces byte for byte; the golden block of every shipped file is run. */
#include "rig.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

#define p rig_p

static void run_golden(const char *file, const char *name)
{
    pni_link *l = NULL;
    pni_golden *g;
    size_t n;
    char folder[500];
    snprintf(folder, sizeof folder, "%s", rig_vector(""));
    ok(pni_link_load(p, file, name, &l));
    ok(pni_golden_run(p, l, folder, &g, &n));
    for (size_t i = 0; i < n; i++)
        ck_assert_msg(!g[i].problem, "%s: %s: %s", name, g[i].name, g[i].problem);
    ck_assert_uint_gt(n, 0);
    pni_link_free(l);
}

START_TEST(published_examples_reproduce)
{
    char path[500];
    snprintf(path, sizeof path, "%s/../published.yaml", rig_vector(""));
    run_golden(path, "published");
}
END_TEST

START_TEST(every_shipped_connector_is_golden)
{
    char folder[400], path[700];
    const struct dirent *e;
    int n = 0;
    snprintf(folder, sizeof folder, "%s/link", getenv("PN_DATADIR"));
    DIR *d = opendir(folder);
    ck_assert_ptr_nonnull(d);
    while ((e = readdir(d))) {
        char name[64] = "";
        size_t len = strlen(e->d_name);
        if (len < 6 || strcmp(e->d_name + len - 5, ".yaml") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        snprintf(name, sizeof name, "%.*s", (int)len - 5, e->d_name);
        run_golden(path, name);
        n++;
    }
    closedir(d);
    ck_assert_int_ge(n, 2);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("link");
    TCase *t = tcase_create("engine");
    tcase_add_checked_fixture(t, rig_setup, rig_teardown);
    tcase_add_test(t, published_examples_reproduce);
    tcase_add_test(t, every_shipped_connector_is_golden);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
