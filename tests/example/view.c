/* SPDX-License-Identifier: Apache-2.0 */
/* view.c — the worked example of a view: a room of the console is one line. The audit trail as a
 * room under a digit would be the line below, put into tui/rooms.def; its columns, filters, sort
 * orders, detail and actions come from the operations of `audit`. The test reads all lines of that
 * file together with ours and holds each against the operations there are. */
#include <check.h>
#include <string.h>

#include "base/op.h"
#include "main_int.h"

/* ---- the example: one line of tui/rooms.def ---- */
#define EXAMPLE ROOM('0', "audit", N_("Audit"), NULL, NULL, NULL, SYSTEM)

/* ---- the test ---- */
#define board_new true
#define counter_new true
#define gate_new true
#define settings_new true
static const struct {
    char key;
    const char *noun, *title, *into;
    bool face;
    const char *needs;
} rooms[] = {
#define ROOM(key, noun, title, into, face, needs, desk)                                            \
    {key, noun, title, into, face != 0, needs},
#include "../../tui/rooms.def"
    EXAMPLE
#undef ROOM
};
enum { ROOMS = sizeof rooms / sizeof *rooms };

/* "noun" or "noun verb": the operation, `verb` when only the noun is named. */
static const pn_op *op_of(const char *words, const char *verb)
{
    char noun[32] = "";
    const char *blank = strchr(words, ' ');
    size_t n = blank ? (size_t)(blank - words) : strlen(words);
    ck_assert_uint_lt(n, sizeof noun);
    memcpy(noun, words, n);
    return pn_op_find(noun, blank ? blank + 1 : verb);
}

START_TEST(a_room_shows_what_operations_offer)
{
    if (rooms[_i].face) {
        ck_assert_ptr_null(rooms[_i].noun);
    } else {
        const pn_op *list = op_of(rooms[_i].noun, "list");
        ck_assert_msg(list && list->list, "%s has no list", rooms[_i].noun);
        const pn_op *show = op_of(rooms[_i].noun, "show");
        show = show ? show : list; /* what the list knows is the record of a noun without one */
        ck_assert_msg(show->out && show->out->cols->name, "%s has no detail", rooms[_i].noun);
    }
    if (rooms[_i].into)
        ck_assert_msg(op_of(rooms[_i].into, "list") != NULL, "%s", rooms[_i].into);
    ck_assert_int_gt(strlen(rooms[_i].title), 0);
}
END_TEST

/* What a room is open to: whoever may call this. */
static const pn_op *gate_of(int i)
{
    return rooms[i].needs ? op_of(rooms[i].needs, NULL)
           : rooms[i].noun ? op_of(rooms[i].noun, "list") : NULL;
}

/* A digit that stands twice has the room of a role first and then that of the others, so the first
 * must not be open to everybody. */
START_TEST(a_digit_leads_everybody_to_one_room)
{
    for (int i = _i + 1; i < ROOMS && rooms[_i].key; i++) {
        if (rooms[i].key != rooms[_i].key)
            continue;
        const pn_op *first = gate_of(_i), *second = gate_of(i);
        ck_assert_msg(first && second && second->may & ~first->may, "%c", rooms[_i].key);
    }
}
END_TEST

START_TEST(what_a_room_needs_is_an_operation)
{
    if (!rooms[_i].needs)
        return;
    ck_assert_msg(strchr(rooms[_i].needs, ' ') != NULL, "%s names no verb", rooms[_i].needs);
    ck_assert_msg(op_of(rooms[_i].needs, NULL) != NULL, "%s", rooms[_i].needs);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("example");
    TCase *t = tcase_create("view");
    tcase_add_loop_test(t, a_room_shows_what_operations_offer, 0, ROOMS);
    tcase_add_loop_test(t, a_digit_leads_everybody_to_one_room, 0, ROOMS);
    tcase_add_loop_test(t, what_a_room_needs_is_an_operation, 0, ROOMS);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
