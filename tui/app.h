/* SPDX-License-Identifier: Apache-2.0 */
/* app.h — the frame: a stack of views, one line being typed, one message, one worker. */
#ifndef TUI_APP_H
#define TUI_APP_H

#include "edit.h"
#include "facts.h"
#include "keys.h"
#include "live.h"
#include "settings.h"
#include "term.h"
#include "worker.h"

enum { VIEWS_MOST = 24, COLS_LEAST = 40, ROWS_LEAST = 10 };
enum { OFFERS_MOST = 64, PAST_MOST = 50, TRAIL_MOST = 40 };

struct tui_app;
struct tui_view;

/** What a kind of view does. Everything but draw may be NULL. */
struct tui_face {
    tui_scope scope;
    size_t size;  /* of the struct that begins with struct tui_view */
    int fresh_ms; /* loads itself again when it is so old and nobody tells of changes; 0: never */
    bool live;    /* shows what others change: loads itself again when something has changed */
    void (*draw)(struct tui_view *view, struct tui_canvas *canvas, int top, int rows);
    void (*act)(struct tui_view *view, tui_action action, uint32_t key);
    bool (*type)(struct tui_view *view, uint32_t key); /* set: keys that are characters are text */
    void (*paste)(struct tui_view *view, const char *text);
    void (*scan)(struct tui_view *view, const char *text, int leaked);
    void (*mouse)(struct tui_view *view, const struct tui_event *event, int top);
    bool (*back)(struct tui_view *view); /* took the step back itself */
    void (*load)(struct tui_view *view); /* ask (again) for what it shows */
    void (*done)(struct tui_view *view, struct tui_job *job);
    /** An object of a noun has changed (id 0: some of them; noun "": anything): HEAR_… */
    int (*hear)(struct tui_view *view, const char *noun, int64_t id);
    void (*look)(struct tui_view *view); /* … and now look again; NULL: load */
    void (*tick)(struct tui_view *view); /* the time it was waiting for (`due`) has come */
    bool (*busy)(const struct tui_view *view); /* something it began goes on; NULL: never */
    void (*status)(const struct tui_view *view, char *text, size_t size);
    void (*tell)(struct tui_view *view, struct tui_facts *facts); /* --plain and --json */
    void (*command)(const struct tui_view *view, char *text, size_t size); /* that opens it */
    void (*crumb)(const struct tui_view *view, char *text, size_t size); /* NULL: its title */
    bool (*idle)(const struct tui_view *view, tui_action action); /* would do nothing just now */
    int (*unsent)(const struct tui_view *view); /* what would become of what was typed: UNSENT_… */
    void (*free)(struct tui_view *view);
};

/** Nothing was typed; it is kept when the view goes; it would be lost with the view. */
enum { UNSENT_NOTHING, UNSENT_KEPT, UNSENT_LOST };

struct tui_view {
    const struct tui_face *face;
    struct tui_app *app;
    unsigned id;
    char tab;        /* the room it belongs to, 0: a modal one */
    char title[160]; /* translated */
    int pending;     /* jobs not answered */
    int64_t answered; /* when the last answer came, for fresh_ms */
    bool dirty;      /* something of what it shows has changed */
    bool still;      /* there is nothing to do in it: the footer tells everybody's keys alone */
    struct tui_view *pane; /* what is shown beside it; NULL: nothing */
    int64_t due;     /* it will look different then without anything happening; 0: never */
};

/** Letters are text there; where there is nothing to do any more, they are keys. */
static inline bool view_types(const struct tui_view *view)
{
    return view && view->face->type && !view->still;
}

struct tui_offer { char *text, *note; };

struct tui_prompt {
    char sign; /* ':' command, '/' filter, '?' a question; 0: none */
    char label[300];
    struct tui_edit edit;
    void (*enter)(struct tui_app *app, void *who, const char *text);
    void *who;
    const pn_op *list; /* the line is a filter of this list; NULL: a command, or anything */
    struct tui_offer offer[OFFERS_MOST]; /* what the word at the cursor may become */
    int offers, chosen, from;            /* from: where that word begins */
    bool strict;                         /* what is typed is a yes: hands type it, no scanner */
    char wrong[240];                     /* what is wrong with the line … */
    int wrong_at;                        /* … and where */
    struct tui_table *counts;            /* rows by the column whose value is typed */
    char counted[300];                   /* … and what was asked for */
    int recalled;
};

/** Places that were shown, as commands. */
struct tui_trail {
    char *place[TRAIL_MOST];
    int n, at;
    bool moving;
};

/** What bounds work on many rows. */
struct tui_limits {
    bool asked;
    int64_t rows_max, type_rows, type_fen, undo_min;
    void (*then)(struct tui_app *); /* waits for them */
};

struct tui_app {
    struct tui_canvas canvas;
    struct tui_input input;
    struct tui_view *stack[VIEWS_MOST];
    int depth;
    unsigned next_id;
    struct tui_worker *worker;
    struct tui_who *who;
    struct tui_prompt prompt;
    struct tui_names *names; /* spellings, NULL until they are there */
    bool names_asked;
    char *past[PAST_MOST]; /* commands that were typed */
    int past_n;
    struct tui_trail trail;
    struct tui_limits limits;
    struct tui_undo *undo; /* what was done last, NULL: nothing */
    struct tui_draft *drafts; /* what was typed and not sent, NULL: nothing */
    bool drafted;             /* the last key has left some behind */
    char told[400]; /* what was done last, as a command */
    const char *till; /* the till of this counter, NULL: none */
    struct tui_lock *lock; /* nobody is there; NULL: somebody is */
    char keymap_wrong[300];
    char message[400];
    unsigned message_look;
    const char *first; /* the command given on the command line */
    struct tui_view *early; /* its list, asked for before it is known who asks; on no stack */
    const pn_op *early_op;
    bool guessing; /* just now: that whoever asks may */
    int64_t asked_at; /* milliseconds, monotonic */
    int in_flight;
    struct tui_live live;
    bool quit, plain;
    bool display; /* the customer's screen of `till`, and nothing else */
    bool pane; /* lists show what Enter would show */
    struct tui_settings settings;
    int status; /* exit status */
    uint64_t seed;
};

/** A view of a face, not yet on the stack; NULL when memory ran out. */
struct tui_view *view_new(struct tui_app *app, const struct tui_face *face, const char *title);
/** One that is not on the stack goes, with what it has asked for; NULL does nothing. */
void app_drop(struct tui_view *view);
/** Put it on top and let it load. */
void app_push(struct tui_app *app, struct tui_view *view);
/** Take the top one off; the last one stays. */
void app_pop(struct tui_app *app);
/** Make it the only one. */
void app_root(struct tui_app *app, struct tui_view *view);
/** Ask whom a change of the row meets; the answer comes to the view under this tag. false: it is no
 *  change that others would decide on. */
bool meets_ask(struct tui_view *view, const pn_op *change, const char *key, int tag);
/** The answer as a line; what is there stays when it is none. */
void meets_put(const struct tui_job *job, char *out, size_t size);
/** Is it something that a new row must say? Then a change cannot take it away. */
bool meets_must(const pn_op *change, const pn_col *given);
struct tui_view *app_top(const struct tui_app *app);
void app_say(struct tui_app *app, unsigned look, const char *fmt, ...) PN_PRINTF(3, 4);
void app_fail(struct tui_app *app, const struct tui_job *job);
/** Post a job that nobody but its own `answer` waits for. */
void app_post(struct tui_app *app, struct tui_job *job);
/** Post a job of a view. */
void app_ask(struct tui_view *view, struct tui_job *job);
void app_hello(struct tui_app *app);
/** Right behind the first hello: the first list goes out with it, not after its answer. Whether
 *  they may see it is the library's to say, as ever. */
void app_early(struct tui_app *app);
/** Another theme by its name; NULL: the next one. */
void app_theme(struct tui_app *app, const char *name);
void app_reload(struct tui_app *app);
/** Something was done: every view but that one shows the old facts and loads again. */
void app_stale(struct tui_app *app, const struct tui_view *but);
/** Somewhere on the stack something typed would be lost if its view went: says so. */
bool app_stays(struct tui_app *app);
/** The last screens of the stack, with the filters of lists. */
void app_crumbs(const struct tui_app *app, int most, char *out, size_t size);
/** As what one works: the first of one's roles, and how many more there are ("Operations+2"). */
void app_role(const struct tui_app *app, char *out, size_t size);
/** Where one is ("PRODUCTION", translated), "" when nobody knows. */
const char *app_place(const struct tui_app *app, bool *real);
bool app_may(const struct tui_app *app, const pn_op *op);
/** Operation by "noun.verb", NULL unless it exists and may be called. */
const pn_op *app_op(const struct tui_app *app, const char *name);
const pn_op *app_op_of(const struct tui_app *app, const char *noun, const char *verb);
/** A fresh idempotency key. */
void app_key(struct tui_app *app, char key[40]);
void app_event(void *app, const struct tui_event *event);
/** Is a character that may be a scan's first one better kept waiting? */
bool app_patient(void *app, uint32_t key);
void app_answer(struct tui_app *app, struct tui_job *job);
/** At the right edge of a row, that so many lines stand below the last one; none: nothing. */
void app_more(struct tui_canvas *canvas, int row, int lines);
/** Compose the whole screen. */
void app_draw(struct tui_app *app);
/** When the loop must call app_tick() at the latest; 0: never. */
int64_t app_due(const struct tui_app *app);
void app_tick(struct tui_app *app);
int64_t tui_clock(void);
/** Terminal input, answers, signals, until somebody quits. Returns the exit status. */
int loop_run(struct tui_app *app);
/** The first frame, before anything else is begun. */
bool loop_paint(struct tui_app *app);
/** Look how large the terminal is now. */
void loop_resize(struct tui_app *app);

/* prompt.c */
void prompt_open(struct tui_app *app, char sign, const char *label, const char *text,
                 void (*enter)(struct tui_app *, void *, const char *), void *who);
/** Ask whether that is to be done: what a try of it came to (may be NULL), where, and to what. */
void prompt_ask(struct tui_app *app, const pn_op *op, const struct tui_table *outcome,
                const char *target, void (*enter)(struct tui_app *, void *, const char *),
                void *who);
/** What is typed stands for a yes: a sum, a number of rows. */
void prompt_strict(struct tui_app *app);
/** What is typed is a filter of that list. */
void prompt_grammar(struct tui_app *app, const pn_op *list);
void prompt_close(struct tui_app *app);
void prompt_key(struct tui_app *app, uint32_t key);
void prompt_paste(struct tui_app *app, const char *text);
/** What a scanner has read while a line is open, `leaked` characters of it as keys. */
void prompt_scan(struct tui_app *app, const char *text, int leaked);
void prompt_draw(struct tui_app *app);

/* complete.c */
/** Find what may stand at the end of the line. */
void complete_offer(struct tui_app *app);
void complete_forget(struct tui_prompt *prompt);
/** The rest of the last command that begins so; "" when there is none. */
const char *complete_ghost(const struct tui_app *app);
void complete_past(struct tui_app *app, const char *line);

/* command.c */
void command_run(struct tui_app *app, void *who, const char *line);
/** The list that the line asks for, on no stack and loading; NULL: it asks for none. */
struct tui_view *command_early(struct tui_app *app, const char *line, const pn_op **op);
/** From the first screen on, as if nothing had been open. */
void command_open(struct tui_app *app, const char *line);
/** false: what is wrong with the line, or with the filter of `list`, and where. */
bool command_check(struct tui_app *app, const pn_op *list, const char *line, char *words,
                   size_t size, int *at, int *len);

/* lock.c */
/** Show nothing and do nothing until the password is typed. */
void lock_set(struct tui_app *app);
void lock_end(struct tui_app *app);
void lock_event(struct tui_app *app, const struct tui_event *event);
void lock_draw(struct tui_app *app);

/* told.c */
void told_job(const struct tui_job *job, char *out, size_t size);
void told_list(const pn_op *op, const char *filter, const char *sort, const char *columns,
               char *out, size_t size);
void told_say(struct tui_app *app, const struct tui_view *view);

/* trail.c */
void trail_note(struct tui_app *app, const struct tui_view *view);
/** That place was none: it is forgotten again. */
void trail_drop(struct tui_app *app, const struct tui_view *view);
void trail_go(struct tui_app *app, int by);
void trail_free(struct tui_app *app);

/* export.c */
/** What is on the screen into a file that is asked for. */
void picture_take(struct tui_app *app); /* picture.c: the screen, as text or a picture */
/** Write to a file of that name; when there is one already, only after asking. */
void export_over(struct tui_app *app, void *who, const char *path,
                 void (*write)(struct tui_app *, void *, const char *));
/** Into the clipboard of the terminal (OSC 52), over any number of connections. */
void export_copy(struct tui_app *app, const char *text);

/* palette.c */
struct tui_view *palette_new(struct tui_app *app);
void palette_refresh(struct tui_app *app);

/* keymap.c */
/** The person's own keys; what is wrong with them is kept for the first screen. */
void keymap_start(struct tui_app *app, const char *file);

/* views.c */
void view_room(struct tui_app *app, char tab);
/** The room with a face of that name ("counter"), if it is open. */
void view_face(struct tui_app *app, const char *name);
/** The n-th room's title (a msgid), NULL behind the last; and the command that opens it. */
const char *view_title(int n);
bool view_command(const struct tui_app *app, int n, char *out, size_t size);
/** The operations that can be called on a record, one after another; NULL at the end. */
const pn_op *view_act(const struct tui_app *app, const char *noun, int n);
/** Are the rows of a list the records of its noun? A queue's are, its moves are not. */
bool view_own(const pn_op *list);
/** What people call a list: its room, else its noun. */
const char *view_list_title(const pn_op *op);
/** What that digit opens for whoever is signed in; NULL: nothing. */
const char *view_room_title(const struct tui_app *app, char tab);
bool view_noun(struct tui_app *app, const char *noun, const char *where, const char *title);
void view_record(struct tui_app *app, const char *noun, const char *key, const char *title);
/** May view_record() open one of that noun? */
bool view_opens(const struct tui_app *app, const char *noun);
void view_drill(struct tui_app *app, const char *noun, const struct tui_table *table, int row);
bool view_drills(const struct tui_app *app, const char *noun);
/** What Enter would show of a row of that list, on no stack; NULL: nothing. */
struct tui_view *view_preview(struct tui_app *app, const pn_op *list,
                              const struct tui_table *table, int row);
/** What was done to a record. */
void view_audit(struct tui_app *app, const char *noun, const char *key);
/** The command that leads where view_drill() does. */
void view_drill_command(const struct tui_app *app, const char *noun, const struct tui_table *table,
                        int row, char *out, size_t size);
/** What a person calls this row. */
const char *view_name(const struct tui_table *table, int row);
/** Does the operation do something with one row that exists? */
bool view_acts(const pn_op *op);
/** The seat map of the session that a row is, or belongs to. */
void view_map(struct tui_app *app, const struct tui_table *table, int row);
/** The zone plans of that session. */
void view_zone_plans(struct tui_app *app, const struct tui_table *table, int row);
/** The row is a zone plan: its seats by zones. false: it is not. */
bool view_zone_plan(struct tui_app *app, const struct tui_table *table, int row);
/** Can anything be done with a row of that noun? */
bool view_acts_on(const struct tui_app *app, const char *noun);
/** The column of an operation that names a record of that noun: of its own noun the key, else the
 *  reference to one; NULL: none, or it is about another row. */
const pn_col *view_names(const pn_op *op, const char *noun);
void view_actions(struct tui_app *app, const char *noun, const struct tui_table *table, int row);

/* the rooms with faces of their own */
struct tui_view *list_new(struct tui_app *app, const pn_op *op, const char *where,
                          const char *title);
/** What somebody typed in place of `/` and `s`: terms or words, and "-column" (both may be ""). */
void list_preset(struct tui_view *list, const char *filter, const char *sort,
                 const char *columns);
struct tui_view *detail_new(struct tui_app *app, const pn_op *op, const char *key,
                            const char *title);
struct tui_view *form_new(struct tui_app *app, const pn_op *op, const char *title);
void form_preset(struct tui_view *form, const char *column, const char *value, bool locked);
/** What it is done to, for the question before it is. */
void form_target(struct tui_view *form, const char *text);
/** What stands now: only what is typed in its place is sent. `called`: what people call it, shown
 *  with it; may be "". */
void form_begin(struct tui_view *form, const char *column, const char *value, const char *called);
/** Words below a field: what it means. */
void form_called(struct tui_view *form, const char *column, const char *words);
/** Send it at once when nothing required is missing. */
void form_try(struct tui_view *form);
struct tui_view *help_new(struct tui_app *app, tui_scope scope);
/** The sign-in form; `login` may be "". In a demo the password of that account is filled in. */
struct tui_view *login_new(struct tui_app *app, const char *login);
bool login_is(const struct tui_view *view);
struct tui_view *board_new(struct tui_app *app);
struct tui_view *counter_new(struct tui_app *app);
struct tui_view *gate_new(struct tui_app *app);
/** The seats of a session. */
void seatmap_open(struct tui_app *app, const char *session, const char *title);
/** … by zones, as that zone plan has them; "": as they are sold. */
void seatmap_zones(struct tui_app *app, const char *session, const char *plan, const char *title);
/** What a zone plan would change, and then, with everything typed that has to be, sell by it. */
void cut_diff_open(struct tui_app *app, const char *plan, const char *title);

/* menu.c */
struct tui_view *menu_new(struct tui_app *app, const char *title,
                          void (*chosen)(struct tui_view *menu, int index));
void menu_add(struct tui_view *menu, const char *label, const char *note);
void menu_set(struct tui_view *menu, int index, const char *label, const char *note);
/** What can be chosen comes later: keys that are pressed meanwhile wait for it. */
void menu_wait(struct tui_view *menu, bool waiting);
void *menu_data(struct tui_view *menu, size_t size);

#endif
