/* SPDX-License-Identifier: Apache-2.0 */
/* cli.h — what the files of `pn` share. The program reads the operation tables and knows nothing
 * else: no SQL, no rules. Every path that can be cut by an error returns the exit status. */
#ifndef PN_CLI_H
#define PN_CLI_H

#include "base/op.h"

#include <stdio.h>

#define _(text) pn_tr(text)

enum { CLI_USAGE = 2, CLI_REFUSED = 8, CLI_IO = 74 };
enum { CLI_TABLE = 1, CLI_JSON, CLI_JSONL, CLI_CSV, CLI_TSV, CLI_XLSX };

/** The options every command understands; a column table like any other (opts.c). */
typedef struct cli_opts {
    pn_word output;
    const char *columns;
    bool wide, all, dry_run, yes, bom, as_system, help, version;
    const char *idempotency_key;
    const char *timeout, *lang, *conf, *dsn, *token_file;
    pn_time now;
} cli_opts;
extern const pn_type cli_opts_t;
extern const pn_words cli_formats[];

/** One value that needs the database to be understood ("PN2611230000012" as an order). */
typedef struct cli_later {
    struct cli_later *next;
    const pn_module *module;
    const pn_col *col;
    void *row;
    const char *text;
} cli_later;

typedef struct cli {
    int argc;
    char **argv;
    int at;              /* the next argument to look at */
    cli_opts opts;
    pn_ctx *ctx;
    pn *base;            /* the first unit: owns what outlives the others (options, paths) */
    pn *p;               /* the unit at work */
    bool tty;            /* stdout is a terminal */
    bool colour;
    int width;           /* of the terminal; 0 = do not fit */
    const char *what;    /* "order submit", for messages */
    cli_later *later;
} cli;

/** A command that is no operation: one word, or two ("printer simulate") beside the operations of
 *  a noun. `args` is what may follow, for help and completion. */
typedef struct cli_command {
    const char *name, *args, *brief, *help;
    int (*run)(cli *c);
    const pn_type *in;      /* its own flags; may be NULL */
    const char *noun, *verb; /* or those of the operation it runs */
} cli_command;
extern const cli_command cli_commands[]; /* ended by {0} */
const cli_command *cli_command_find(const char *name);
/** Its own flags, NULL when it has none. */
const pn_type *cli_command_in(const cli_command *cmd);
extern const pn_type cli_batch_t, cli_work_t, cli_down_t, cli_simulate_t;
const cli_command *cli_command_find2(const char *noun, const char *verb);

/* ---- progress.c ---- */
/** Draw a bar on stderr while the unit works, where somebody looks at it; and wipe it away. */
void cli_progress(cli *c);
void cli_progress_end(void);

/* ---- main.c ---- */
/** Open the context and the unit (no connection is made yet). 0 or an exit status. */
int cli_open(cli *c);
/** A fresh unit for the same actor, replacing the present one. */
int cli_renew(cli *c);
/** Print the unit's error and return its exit status. */
int cli_fail(cli *c);
/** The same for an error of another unit or of pn_call_many. */
int cli_fail_with(cli *c, const pn_err *e);
/** Print a usage error and return CLI_USAGE. */
int cli_usage(cli *c, const char *fmt, ...) PN_PRINTF(2, 3);
const pn_module *cli_module(const char *noun);
/** Flush stdout: its errors are part of the exit status. */
int cli_close_out(cli *c, int status);
void cli_lang(const char *lang);
/** Milliseconds of "30s", "500ms", "2m" or plain seconds; 0 when it is none of these. */
int cli_duration_ms(const char *text);

/* ---- args.c ---- */
/** What the flags and words of one command fill in. */
typedef struct cli_args {
    const pn_op *op;        /* NULL for one-word commands */
    const pn_type *in;      /* NULL: no input of its own */
    void *row;
    bool *seen;             /* per column of `in` */
    const char *where;      /* the filters given as flags of a list's row */
    const char **words;     /* what is no flag, when `in` has no place for it */
    size_t n_words;
} cli_args;

/** Read the rest of the arguments. `max_words` of them may stay words (commands without table). */
int cli_args_read(cli *c, cli_args *a, size_t max_words);
/** Options before the noun; stops at the first word. */
int cli_args_lead(cli *c);
/** Give one column its text: files, repeated rows, names of things. */
int cli_bind(cli *c, const pn_type *type, void *row, const pn_col *col, const char *text,
             bool again);
/** The names that needed the database; call after signing in. */
int cli_bind_later(cli *c);
/** Content of a file, "-" is stdin; NUL-terminated. */
int cli_slurp(cli *c, const char *path, const char *field, char **data, size_t *len);
const pn_col *cli_col(const pn_type *type, const char *flag);
/** "start_at" → "start-at", unit memory or a static ring when there is no unit. */
const char *cli_flag(const char *name);
bool cli_is_list(const pn_op *op);
bool cli_filterable(const pn_col *col);
bool cli_positional(const pn_op *op, const pn_col *col);

/* ---- run.c ---- */
/** --timeout, --now, --dry-run into the unit. */
int cli_settings(cli *c);
int cli_run_op(cli *c, const pn_op *op);
/** Call and print; `in` is filled. */
int cli_call(cli *c, const pn_op *op, const void *in);
/** A key for this write unless one was given: an unclear commit can then be asked about. */
void cli_key(cli *c, const pn_op *op);

/* ---- token.c ---- */
int cli_sign_in(cli *c);
const char *cli_token_path(cli *c);
int cli_token_store(cli *c, const char *token);
/** Each missing folder of the path, for us alone. */
int cli_make_parents(cli *c, const char *path);
int cli_secret(cli *c, const char *prompt, bool twice, const char **out);
void cli_act_as_system(cli *c);
/** Act as the system, for the commands of whoever owns the database; else PN_EPERM. */
int cli_owner(cli *c);
/** Columns flagged PN_SECRET and required that are still absent: asked at the terminal. */
int cli_ask_secrets(cli *c, const pn_op *op, void *in);

/* ---- out.c ---- */
int cli_format(const cli *c);
/** The type with only the columns wanted; NULL after a usage error. */
const pn_type *cli_pick(cli *c, const pn_type *type, bool list);
/** The type of the rows of a result that has nothing but rows: shown as a list without pages. */
const pn_type *cli_rows_only(cli *c, const pn_type *type);
int cli_print_one(cli *c, const pn_type *type, const void *row);
typedef struct cli_pages {
    const pn_type *type, *whole;
    int64_t n;
    int *widths;
    struct cli_book *book; /* of a spreadsheet */
    bool open;
    bool limited; /* the caller said how many rows to print */
} cli_pages;
int cli_print_page(cli *c, cli_pages *s, const pn_page *page, bool last);

/* ---- table.c, width.c, csv.c, json.c, xlsx.c ---- */
void cli_table_head(cli *c, const pn_type *type, const pn_rows *rows, int **widths);
void cli_table_rows(cli *c, const pn_type *type, const pn_rows *rows, const int *widths,
                    int indent);
void cli_table_one(cli *c, const pn_type *type, const void *row);
int cli_width(const char *text);
/** Bytes of `text` that fit into `width` columns. */
size_t cli_fit(const char *text, int width);
bool cli_utf8(const char *text, size_t len);
void cli_csv_head(const pn_type *type, bool tabs);
void cli_csv_row(cli *c, const pn_type *type, const void *row, bool tabs);
int cli_xlsx_open(cli *c, cli_pages *s);
int cli_xlsx_row(cli *c, cli_pages *s, const void *row);
/** `whole`: out with it; else it goes. */
int cli_xlsx_end(cli *c, cli_pages *s, bool whole);
/** Write compact JSON text indented; `depth` levels deep already. */
void cli_json_pretty(FILE *out, const char *text, size_t len, int depth);

/* ---- help.c, search.c ---- */
void cli_help_all(FILE *out);
void cli_help_noun(FILE *out, const pn_module *m);
void cli_help_op(FILE *out, const pn_op *op);
void cli_help_command(FILE *out, const cli_command *cmd);
int cli_help_search(cli *c, const char *word);
/** What `-h` prints for the words before it. */
int cli_help_words(cli *c);
/** The nearest of the candidates to `word`; `best` stays "" when none is near. */
typedef struct cli_near { const char *word; char best[64]; int distance; } cli_near;
void cli_near_try(cli_near *near, const char *candidate);
cli_near cli_near_noun(const char *word);
cli_near cli_near_verb(const pn_module *m, const char *word);
/** Describes a value: "YUAN", "PAID|CLOSED", "FILE". */
const char *cli_value_name(const pn_col *col, char *buf, size_t size);

/* ---- commands ---- */
/** Start the private database, when that is the one meant. 0 or an exit status. */
int cli_database_up(cli *c);
int cli_cmd_help(cli *c);
int cli_cmd_version(cli *c);
int cli_cmd_batch(cli *c);
int cli_cmd_complete(cli *c);
int cli_cmd_candidates(cli *c);
int cli_cmd_manual(cli *c);
int cli_cmd_login(cli *c);
int cli_cmd_logout(cli *c);
int cli_cmd_whoami(cli *c);
int cli_cmd_simulate(cli *c);
int cli_cmd_init(cli *c);
int cli_cmd_migrate(cli *c);
int cli_cmd_work(cli *c);
int cli_cmd_verify(cli *c);
int cli_cmd_up(cli *c);
int cli_cmd_down(cli *c);
int cli_cmd_status(cli *c);
int cli_cmd_doctor(cli *c);

#endif
