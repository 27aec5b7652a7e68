/* SPDX-License-Identifier: Apache-2.0 */
/* opts.c — the options of every command, in a column table: parsed, explained, completed and
 * documented by the same code as the columns of an operation. */
#include "cli.h"

const pn_words cli_formats[] = {
    {"TABLE", N_("aligned for reading"), 0},
    {"JSON", N_("indented; lists as {\"rows\": […], \"next\": cursor}"), 0},
    {"JSONL", N_("one object per line"), 0},
    {"CSV", N_("RFC 4180, with a header"), 0},
    {"TSV", N_("tabs, with a header; tab, newline and backslash escaped"), 0},
    {"XLSX", N_("a spreadsheet, for a file"), 0},
    {0},
};

PN_TYPE(
    cli_opts_t, "pn", cli_opts,
    PN_COL(cli_opts, output, N_("Output format"), .words = cli_formats, .hint = N_("-o for short")),
    PN_COL(cli_opts, columns, N_("Columns"),
           .hint = N_("Which columns to print, separated by commas, in this order")),
    PN_COL(cli_opts, wide, N_("Wide"), .hint = N_("Every column, nothing cut off")),
    PN_COL(cli_opts, all, N_("All pages"), .hint = N_("Lists: go on to the last page")),
    PN_COL(cli_opts, dry_run, N_("Dry run"), .hint = N_("Do everything, then undo it")),
    PN_COL(cli_opts, idempotency_key, N_("Idempotency key"), .max = 64,
           .hint = N_("The same key never does the same thing twice")),
    PN_COL(cli_opts, yes, N_("Yes"), .hint = N_("Do not ask before a dangerous operation; -y")),
    PN_COL(cli_opts, timeout, N_("Timeout"), .hint = N_("Give up after, e.g. 500ms, 30s, 2m")),
    PN_COL(cli_opts, lang, N_("Language"), .hint = N_("zh_CN or en")),
    PN_COL(cli_opts, conf, N_("Configuration"), .hint = N_("Configuration file")),
    PN_COL(cli_opts, dsn, N_("Database"), .hint = N_("Connection string of the database")),
    PN_COL(cli_opts, token_file, N_("Token file"), .hint = N_("Sign in by the token in this file")),
    PN_COL(cli_opts, as_system, N_("As system"),
           .hint = N_("Act as the system; only for the owner of the database")),
    PN_COL(cli_opts, bom, N_("Byte order mark"),
           .hint = N_("Start CSV with one, for spreadsheets")),
    PN_COL(cli_opts, help, N_("Help"), .hint = N_("Explain this command; -h")),
    PN_COL(cli_opts, version, N_("Version"), .hint = N_("Print the version")),
    PN_COL(cli_opts, now, N_("Now"), .hint = N_("Pretend it is this time (tests and replays)")));
