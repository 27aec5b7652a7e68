/* SPDX-License-Identifier: Apache-2.0 */
/* link.c — connectors as people meet them: a list, and a check that says what is wrong where. */
#include "link/link.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/conf_int.h"
#include "base/sql_int.h"
#include "link/engine_int.h"

enum { CONNECTORS_MAX = 200 };

static int none(pn *p)
{
    return pn_fail(p, PN_EMEM, NULL, "%s", pn_code_text(PN_EMEM));
}

static const pn_type nothing_t = {"link.names", sizeof(struct pn_link_names),
                                  (const pn_col[]){{0}}};
static PN_TYPE(row_t, "link", pn_link_row,
    PN_COL(pn_link_row, connector, N_("Connector"), .flags = PN_BRIEF),
    PN_COL(pn_link_row, title, N_("Title"), .flags = PN_BRIEF),
    PN_COL(pn_link_row, calls, N_("Calls"), .flags = PN_BRIEF),
    PN_COL(pn_link_row, callbacks, N_("Notices"), .flags = PN_BRIEF),
    PN_COL(pn_link_row, file, N_("File"), .flags = PN_BRIEF));
static PN_TYPE(all_t, "link.all", pn_link_all,
    PN_COL(pn_link_all, connectors, N_("Connectors"), .of = &row_t, .flags = PN_BRIEF));

static void drop_dir(DIR **d)
{
    if (*d)
        closedir(*d);
}

static const char *joined(pn *p, const pni_tree *map)
{
    pn_buf b = pn_buf_new(p);
    pn_buf_puts(&b, "");
    for (size_t i = 0; map && i < map->n; i++)
        pn_buf_putf(&b, "%s%s", i ? " " : "", map->name[i]);
    return b.bad ? NULL : b.text;
}

/* A file that cannot be loaded is in the list too: its title says what is wrong. */
static int describe(pn *p, const char *name, pn_link_row *out)
{
    pni_link *l = NULL;
    *out = (pn_link_row){.connector = pn_strdup(p, name)};
    int rc = pni_link_open(p, name, &l);
    if (rc == PN_EMEM || !out->connector)
        return none(p);
    if (rc) {
        out->title = pn_strdup(p, pn_error(p)->message);
        return 0;
    }
    out->title = pn_strdup(p, pni_tree_text(l->root, "title", ""));
    out->file = pn_strdup(p, l->file);
    out->calls = joined(p, pni_tree_get(l->root, "calls"));
    out->callbacks = joined(p, pni_tree_get(l->root, "callbacks"));
    pni_link_close(p, l);
    return out->title && out->file && out->calls && out->callbacks ? 0 : none(p);
}

static int add_folder(pn *p, const char *folder, pn_link_row *rows, size_t *n)
{
    __attribute__((cleanup(drop_dir))) DIR *d = opendir(folder);
    const struct dirent *e;
    while (d && (e = readdir(d)) && *n < CONNECTORS_MAX) {
        size_t len = strlen(e->d_name);
        if (len < 6 || strcmp(e->d_name + len - 5, ".yaml") != 0)
            continue;
        const char *name = pn_printf(p, "%.*s", (int)len - 5, e->d_name);
        bool known = false;
        for (size_t i = 0; name && i < *n; i++)
            known |= !strcmp(rows[i].connector, name);
        if (!name)
            return none(p);
        if (!known)
            PN_TRY(describe(p, name, &rows[(*n)++]));
    }
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const pn_link_row *)a)->connector, ((const pn_link_row *)b)->connector);
}

static int names(pn *p, const struct pn_link_names *in, pn_link_all *out)
{
    const char *own = pn_conf(pn_unit_ctx(p), "link.dir");
    const char *shipped = pn_printf(p, "%s/link", pni_data_dir());
    pn_link_row *rows = pn_alloc(p, CONNECTORS_MAX * sizeof *rows);
    size_t n = 0;
    (void)in;
    if (!rows || !shipped)
        return none(p);
    if (*own)
        PN_TRY(add_folder(p, own, rows, &n));
    PN_TRY(add_folder(p, shipped, rows, &n));
    qsort(rows, n, sizeof *rows, by_name);
    out->connectors = (pn_rows){rows, n};
    return 0;
}

/* ---- check ---- */

static PN_TYPE(check_t, "link.check", struct pn_link_check,
    PN_COL(struct pn_link_check, connector, N_("Connector"), .flags = PN_REQ | PN_ARG, .max = 40),
    PN_COL(struct pn_link_check, file, N_("File"), .max = 1000,
           .hint = N_("A file that is not in place yet")),
    PN_COL(struct pn_link_check, golden, N_("Golden keys"), .max = 1000,
           .hint = N_("Folder of the keys its golden block names; without it only the grammar is "
                      "checked")));
static PN_TYPE(case_t, "link.case", pn_link_case,
    PN_COL(pn_link_case, name, N_("Case"), .flags = PN_BRIEF),
    PN_COL(pn_link_case, result, N_("Result"), .flags = PN_BRIEF),
    PN_COL(pn_link_case, problem, N_("Difference"), .flags = PN_LONG | PN_BRIEF));
static PN_TYPE(report_t, "link.report", pn_link_report,
    PN_COL(pn_link_report, connector, N_("Connector"), .flags = PN_BRIEF),
    PN_COL(pn_link_report, file, N_("File"), .flags = PN_BRIEF),
    PN_COL(pn_link_report, cases_n, N_("Golden cases"), .flags = PN_BRIEF),
    PN_COL(pn_link_report, failed_n, N_("Failed"), .flags = PN_BRIEF),
    PN_COL(pn_link_report, cases, N_("Cases"), .of = &case_t));

static int report(pn *p, pni_link *l, const struct pn_link_check *in, pn_link_report *out)
{
    pni_golden *g = NULL;
    size_t n = 0;
    out->connector = pn_strdup(p, l->name);
    out->file = pn_strdup(p, l->file);
    if (in->golden)
        PN_TRY(pni_golden_run(p, l, in->golden, &g, &n));
    pn_link_case *rows = pn_alloc(p, (n + 1) * sizeof *rows);
    if (!rows || !out->connector || !out->file)
        return none(p);
    for (size_t i = 0; i < n; i++) {
        rows[i] = (pn_link_case){pn_strdup(p, g[i].name), g[i].problem ? "FAIL" : "OK",
                                 g[i].problem};
        out->failed_n += g[i].problem != NULL;
    }
    out->cases_n = (int64_t)n;
    out->cases = (pn_rows){rows, n};
    return 0;
}

static int check(pn *p, const struct pn_link_check *in, pn_link_report *out)
{
    pni_link *l = NULL;
    pn_link_report r = {0};
    if (in->file)
        PN_TRY(pni_link_load(p, in->file, in->connector, &l));
    else
        PN_TRY(pni_link_open(p, in->connector, &l));
    int rc = report(p, l, in, &r);
    if (in->file)
        pni_link_free(l);
    else
        pni_link_close(p, l);
    PN_TRY(rc);
    *out = r;
    return 0;
}

PN_OP(link, names, pn_link_all, .brief = N_("List the connectors to other systems"),
      .in = &nothing_t, .out = &all_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE, .flags = PN_LOCAL)
PN_OP(link, check, pn_link_report, .brief = N_("Check a connector's file"),
      .help = N_("Holds the file against the grammar; what is wrong is named by line and column. "
                 "With --golden it also runs the cases of its golden block."),
      .in = &check_t, .out = &report_t, .may = PN_ROLE_OPS | PN_ROLE_FINANCE, .flags = PN_LOCAL,
      .example = "pn link check alipay")

const pn_module pn_link_module = {"link", N_("Connectors"),
    .ops = PN_LIST(pn_op, &link_names_op, &link_check_op)};
