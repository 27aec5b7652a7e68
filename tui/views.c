/* SPDX-License-Identifier: Apache-2.0 */
/* views.c — the rooms as a table: which list, and where Enter leads. Everything else about a noun
 * (columns, forms, actions) comes from its operations. */
#include "config.h"
#include "app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A line of rooms.def, which says what each member means. */
struct room {
    char tab;
    const char *list, *title, *into;
    struct tui_view *(*face)(struct tui_app *);
    const char *needs;
    int desk;
};

/* Workspaces: in the list of rooms, those of one's own roles come first. */
enum { OPS, MERCHANT, BOXOFFICE, GATE, ORGANISER, MONEY, SYSTEM, DESKS };
static const struct { const char *title; uint32_t roles; } desks[DESKS] = {
    [OPS] = {N_("Operations"), PN_ROLE_OPS},
    [MERCHANT] = {N_("Merchant"), PN_ROLE_MERCHANT},
    [BOXOFFICE] = {N_("Box office"), PN_ROLE_BOXOFFICE},
    [GATE] = {N_("Gate"), PN_ROLE_GATE},
    [ORGANISER] = {N_("Organiser"), PN_ROLE_ORGANISER},
    [MONEY] = {N_("Money"), PN_ROLE_FINANCE | PN_ROLE_MERCHANT | PN_ROLE_ORGANISER},
    [SYSTEM] = {N_("System"), PN_ROLE_ADMIN},
};

static const struct room rooms[] = {
#define ROOM(key, list, title, into, face, needs, desk)                                            \
    {key, list, title, into, face, needs, desk},
#include "rooms.def"
#undef ROOM
};

enum { ROOMS = sizeof rooms / sizeof *rooms };

static const struct room *room_of(const char *noun)
{
    for (size_t i = 0; i < ROOMS; i++)
        if (rooms[i].list && !strcmp(rooms[i].list, noun))
            return &rooms[i];
    return NULL;
}

static const pn_op *op_of(const struct tui_app *app, const char *noun, const char *verb)
{
    const pn_op *op = pn_op_find(noun, verb);
    return op && app_may(app, op) ? op : NULL;
}

/* The operation of "noun verb", or of a noun alone its list; NULL unless it may be called. */
static const pn_op *op_named(const struct tui_app *app, const char *name)
{
    char noun[32];
    const char *blank = strchr(name, ' ');
    snprintf(noun, sizeof noun, "%.*s", (int)strcspn(name, " "), name);
    return op_of(app, noun, blank ? blank + 1 : "list");
}

static bool is_open(const struct tui_app *app, const struct room *room)
{
    return (!room->needs || op_named(app, room->needs)) &&
           (room->face || op_named(app, room->list));
}

static const char *title_of(const char *noun)
{
    const struct room *room = room_of(noun);
    const pn_module *module = room ? NULL : pn_module_find(noun);
    return pn_tr(room ? room->title : module ? module->title : noun);
}

bool view_own(const pn_op *list)
{
    const pn_op *all = pn_op_find(list->noun, "list");
    return all && all->out == list->out;
}

const char *view_list_title(const pn_op *op)
{
    char name[64];
    snprintf(name, sizeof name, "%s %s", op->noun, op->verb);
    return room_of(name) ? title_of(name) : title_of(op->noun);
}

/* A room of one's own desk before those of others. */
static const struct room *room_at(const struct tui_app *app, char tab)
{
    const struct room *first = NULL;
    for (size_t i = 0; i < ROOMS; i++) {
        if (rooms[i].tab != tab || !is_open(app, &rooms[i]))
            continue;
        if (app->who->roles & desks[rooms[i].desk].roles)
            return &rooms[i];
        first = first ? first : &rooms[i];
    }
    return first;
}

const char *view_room_title(const struct tui_app *app, char tab)
{
    const struct room *room = room_at(app, tab);
    return room ? pn_tr(room->title) : NULL;
}

static void enter_room(struct tui_app *app, const struct room *room)
{
    struct tui_view *view =
        room->face ? room->face(app)
                   : list_new(app, op_named(app, room->list), "", pn_tr(room->title));
    if (view)
        view->tab = room->tab ? room->tab : '0';
    app_root(app, view);
}

void view_face(struct tui_app *app, const char *name)
{
    for (size_t i = 0; i < ROOMS; i++) {
        if (!rooms[i].face || strcasecmp(rooms[i].title, name) != 0)
            continue;
        if (is_open(app, &rooms[i]))
            enter_room(app, &rooms[i]);
        else
            app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"), pn_tr(rooms[i].title));
        return;
    }
}

const char *view_title(int n)
{
    return n >= 0 && n < ROOMS ? rooms[n].title : NULL;
}

/* ---- all rooms ---- */

/* Under two digits, or under none and one, it is still one room. */
static bool is_first(const struct tui_app *app, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (!strcmp(rooms[k].title, rooms[i].title) && is_open(app, &rooms[k]))
            return false;
    return is_open(app, &rooms[i]);
}

bool view_command(const struct tui_app *app, int n, char *out, size_t size)
{
    const pn_op *op = rooms[n].list ? op_named(app, rooms[n].list) : NULL;
    if (!is_first(app, (size_t)n) || (rooms[n].face && rooms[n].face == board_new))
        return false;
    if (op)
        told_list(op, "", "", "", out, size);
    else
        snprintf(out, size, "%s", rooms[n].title);
    for (char *c = op ? NULL : out; c && *c; c++)
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    return true;
}

/* The room that stands at a place of the list: desks of one's own first, then the others. */
static const struct room *room_nth(const struct tui_app *app, int n)
{
    for (int pass = 0; pass < 2; pass++) {
        for (int d = 0; d < DESKS; d++) {
            bool own = app->who && app->who->roles & desks[d].roles;
            for (size_t i = 0; own == !pass && i < ROOMS; i++)
                if (rooms[i].desk == d && is_first(app, i) && n-- == 0)
                    return &rooms[i];
        }
    }
    return NULL;
}

static void room_chosen(struct tui_view *menu, int index)
{
    const struct room *room = room_nth(menu->app, index);
    if (room)
        enter_room(menu->app, room);
}

static void all_rooms(struct tui_app *app)
{
    struct tui_view *menu = menu_new(app, pn_tr("Rooms"), room_chosen);
    const struct room *room;
    for (int i = 0; menu && (room = room_nth(app, i)); i++)
        menu_add(menu, pn_tr(room->title), pn_tr(desks[room->desk].title));
    if (menu)
        menu->tab = '0';
    app_root(app, menu);
}

void view_room(struct tui_app *app, char tab)
{
    if (!app->who || !app->who->signed_in)
        return;
    const struct room *room = room_at(app, tab);
    if (tab == '0') {
        all_rooms(app);
    } else if (room) {
        enter_room(app, room);
    } else {
        const char *title = "";
        for (size_t i = 0; i < ROOMS && !*title; i++)
            title = rooms[i].tab == tab ? pn_tr(rooms[i].title) : "";
        app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"), title);
    }
}

/* The list of a noun, or the one of its lists that "noun verb" names. */
bool view_noun(struct tui_app *app, const char *name, const char *where, const char *title)
{
    const pn_op *list = op_named(app, name);
    if (!list)
        return false;
    app_push(app, list_new(app, list, where, title && *title ? title : title_of(name)));
    return true;
}

static const pn_op *record_of(const struct tui_app *app, const char *noun)
{
    const pn_op *show = op_of(app, noun, "show");
    show = show ? show : op_of(app, noun, "list"); /* all that the list knows of it */
    return show && show->out ? show : NULL;
}

bool view_opens(const struct tui_app *app, const char *noun)
{
    return record_of(app, noun);
}

void view_record(struct tui_app *app, const char *noun, const char *key, const char *title)
{
    const pn_op *show = record_of(app, noun);
    if (!show) {
        app_say(app, LOOK_WAIT, pn_tr("%s has no details"), title_of(noun));
        return;
    }
    app_push(app, detail_new(app, show, key, title));
}

/* A view that was kept is opened by the command it stands for. */
static bool is_view(const char *noun)
{
    return !strcmp(noun, "view");
}

bool view_drills(const struct tui_app *app, const char *noun)
{
    const struct room *room = room_of(noun);
    return is_view(noun) || (room && room->into && op_named(app, room->into));
}

/* The column of a list that names rows of that noun: by its reference, else by its name. */
static const char *link_of(const pn_op *list, const char *noun)
{
    for (const pn_col *c = list->out->cols; c->name; c++)
        if (c->ref && !strcmp(c->ref, noun))
            return c->name;
    return noun;
}

/* One of many of a kind, by whose it is or where it stands; until the next call. */
static const char *name_of_many(const struct tui_table *table, int row)
{
    static char name[200];
    const char *holder = table_show(table, row, "holder"), *shard = table_show(table, row, "shard");
    const char *kind = table_show(table, row, "kind"), *part = table_show(table, row, "part");
    if (!*kind || (!*holder && !*shard))
        return "";
    snprintf(name, sizeof name, "%.80s %.80s%s%.30s", kind, part, *part ? " " : "",
             *holder ? holder : shard);
    return name;
}

/* What is offered, or was changed about it: of which show, and which tier; until the next call. */
static const char *name_of_offer(const struct tui_table *table, int row)
{
    static char name[200];
    const char *show = table_show(table, row, "show"), *tier = table_show(table, row, "tier");
    if (!*show || !*tier)
        return "";
    snprintf(name, sizeof name, "%.140s %.50s", show, tier);
    return name;
}

/* A version of a session's zones; until the next call. */
static const char *name_of_version(const struct tui_table *table, int row)
{
    static char name[120];
    if (strcmp(table->type->name, "zone_plan") != 0)
        return "";
    snprintf(name, sizeof name, pn_tr("%.80s, version %.10s"), table_show(table, row, "session"),
             table_show(table, row, "version"));
    return name;
}

const char *view_name(const struct tui_table *table, int row)
{
    static const char *const names[] = {"title",    "name", "no",    "ticket_no", "order_no",
                                        "start_at", "op",   "code",  "login",     "key",
                                        "roll",     "merchant", "kind"};
    const char *one = name_of_many(table, row);
    one = *one ? one : name_of_version(table, row);
    if (*one)
        return one;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *offer = !strcmp(names[i], "start_at") ? name_of_offer(table, row) : "";
        const char *text = *offer ? offer : table_show(table, row, names[i]);
        if (*text)
            return text;
    }
    int key = type_key(table->type);
    return key >= 0 ? table_at(table, row, key)->show : "";
}

void view_drill(struct tui_app *app, const char *noun, const struct tui_table *table, int row)
{
    const struct room *room = room_of(noun);
    int key = type_key(table->type);
    char where[128];
    const pn_op *list = room && room->into ? op_named(app, room->into) : NULL;
    if (is_view(noun)) {
        char command[700];
        view_drill_command(app, noun, table, row, command, sizeof command);
        if (*command)
            command_run(app, NULL, command);
        else
            app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"),
                    title_of(table_plain(table, row, "noun")));
        return;
    }
    if (!room || !room->into || key < 0)
        return;
    snprintf(where, sizeof where, "%s=%s", list ? link_of(list, noun) : "",
             table_at(table, row, key)->plain);
    if (!view_noun(app, room->into, where, view_name(table, row)))
        app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"), title_of(room->into));
}

void view_drill_command(const struct tui_app *app, const char *noun, const struct tui_table *table,
                        int row, char *out, size_t size)
{
    const struct room *room = room_of(noun);
    const pn_op *list = room && room->into ? op_named(app, room->into) : NULL;
    char where[128];
    int key = type_key(table->type);
    *out = 0;
    if (is_view(noun) && (list = op_named(app, table_plain(table, row, "noun"))))
        told_list(list, table_plain(table, row, "filter"), table_plain(table, row, "sort"),
                  table_plain(table, row, "columns"), out, size);
    if (!list || key < 0 || is_view(noun))
        return;
    snprintf(where, sizeof where, "%s=%s", link_of(list, noun), table_at(table, row, key)->plain);
    told_list(list, where, "", "", out, size);
}

struct tui_view *view_preview(struct tui_app *app, const pn_op *list,
                              const struct tui_table *table, int row)
{
    const struct room *room = room_of(list->noun);
    bool own = view_own(list);
    const pn_op *into = own && room && room->into ? op_named(app, room->into) : NULL;
    int key = type_key(table->type);
    const char *plain = key < 0 ? "" : table_at(table, row, key)->plain;
    char where[128];
    if (key < 0)
        return NULL;
    if (into) {
        snprintf(where, sizeof where, "%s=%s", link_of(into, list->noun), plain);
        return list_new(app, into, where, view_name(table, row));
    }
    const pn_op *show = own ? op_of(app, list->noun, "show") : NULL;
    return detail_new(app, show && show->out ? show : list, plain, view_name(table, row));
}

void view_audit(struct tui_app *app, const char *noun, const char *key)
{
    char where[128];
    snprintf(where, sizeof where, "noun=%s ref=%s", noun, key);
    if (!view_noun(app, "audit", where, NULL))
        app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"), title_of("audit"));
}

/* The session a row is, or belongs to; NULL: none. */
static const char *session_of(const struct tui_table *table, int row)
{
    int key = type_key(table->type);
    bool itself = !strcmp(table->type->name, "session");
    for (int c = 0; c < table->cols; c++) {
        const char *ref = table->type->cols[c].ref;
        if (itself ? c == key : ref && !strcmp(ref, "session"))
            return table_at(table, row, c)->plain;
    }
    return NULL;
}

void view_map(struct tui_app *app, const struct tui_table *table, int row)
{
    const char *session = session_of(table, row);
    if (session)
        seatmap_open(app, session, view_name(table, row));
    else
        app_say(app, LOOK_WAIT, "%s", pn_tr("This row belongs to no session"));
}

void view_zone_plans(struct tui_app *app, const struct tui_table *table, int row)
{
    const char *session = session_of(table, row);
    char where[80];
    snprintf(where, sizeof where, "session_id=%s", session ? session : "");
    if (!session)
        app_say(app, LOOK_WAIT, "%s", pn_tr("This row belongs to no session"));
    else if (!view_noun(app, "zone_plan", where, NULL))
        app_say(app, LOOK_WAIT, pn_tr("%s is not open to you"), title_of("zone_plan"));
}

bool view_zone_plan(struct tui_app *app, const struct tui_table *table, int row)
{
    int key = type_key(table->type);
    const char *session = session_of(table, row);
    if (strcmp(table->type->name, "zone_plan") != 0 || !session || key < 0)
        return false;
    seatmap_zones(app, session, table_at(table, row, key)->plain,
                  table_show(table, row, "session"));
    return true;
}
