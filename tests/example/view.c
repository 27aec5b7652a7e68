/* SPDX-License-Identifier: Apache-2.0 */
/* view.c — the worked example of a view: a room of the console is one line. The audit trail as a
 * room would be the line below, put into tui/rooms.def; its columns, filters, sort orders, detail
 * and actions come from the operations of `audit`. The test reads all lines of that file together
 * with ours and holds each against the operations there are. */
#include <check.h>
#include <string.h>

#include "base/op.h"
#include "main_int.h"

/* ---- the example: one line of tui/rooms.def ---- */
#define EXAMPLE ROOM('0', "audit", N_("Audit"), NULL, NULL, NULL)

/* ---- the test ---- */
#define board_new true
#define counter_new true
#define gate_new true
static const struct {
    char key;
    const char *noun, *title, *into;
    bool face;
    const char *needs;
} rooms[] = {
#define ROOM(key, noun, title, into, face, needs) {key, noun, title, into, face != 0, needs},
#include "../../tui/rooms.def"
    EXAMPLE
#undef ROOM
};
enum { ROOMS = sizeof rooms / sizeof *rooms };

START_TEST(a_room_shows_what_operations_offer)
{
    if (rooms[_i].face) {
        ck_assert_ptr_null(rooms[_i].noun);
    } else {
        const pn_op *list = pn_op_find(rooms[_i].noun, "list");
        ck_assert_msg(list && list->list, "%s has no list", rooms[_i].noun);
        ck_assert_msg(pn_op_find(rooms[_i].noun, "show") != NULL, "%s has no detail",
                      rooms[_i].noun);
    }
    if (rooms[_i].into)
        ck_assert_msg(pn_op_find(rooms[_i].into, "list") != NULL, "%s", rooms[_i].into);
    ck_assert_int_gt(strlen(rooms[_i].title), 0);
}
END_TEST

START_TEST(a_digit_leads_to_one_room)
{
    for (int i = 0; i < ROOMS; i++)
        ck_assert_msg(i == _i || !rooms[_i].key || rooms[i].key != rooms[_i].key, "%c",
                      rooms[_i].key);
}
END_TEST

START_TEST(what_a_room_needs_is_an_operation)
{
    char noun[32] = "";
    const char *blank = rooms[_i].needs ? strchr(rooms[_i].needs, ' ') : NULL;
    if (!blank) {
        ck_assert_ptr_null(rooms[_i].needs);
        return;
    }
    memcpy(noun, rooms[_i].needs, (size_t)(blank - rooms[_i].needs));
    ck_assert_msg(pn_op_find(noun, blank + 1) != NULL, "%s", rooms[_i].needs);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("example");
    TCase *t = tcase_create("view");
    tcase_add_loop_test(t, a_room_shows_what_operations_offer, 0, ROOMS);
    tcase_add_loop_test(t, a_digit_leads_to_one_room, 0, ROOMS);
    tcase_add_loop_test(t, what_a_room_needs_is_an_operation, 0, ROOMS);
    suite_add_tcase(s, t);
    return pn_test_main(s);
}
