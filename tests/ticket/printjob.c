/* SPDX-License-Identifier: Apache-2.0 */
/* printjob.c — paper: serials, supersession, jams, mute printers, crashes, exports. */
#include "shop.h"
#include "tools.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ticket/face.h"
#include "ticket/gate.h"
#include "ticket/printer.h"
#include "ticket/signkey.h"
#include "ticket/ticket.h"

static pn_order order;
static int64_t printer_id;

static void import_face(void)
{
    pn *p = ops();
    pn_face face;
    char *text = source_file("data/face/standard-80x180.yaml", NULL);
    ok(pn_face_import(p, &(struct pn_face_import){.file = text}, &face));
    ck_assert_int_eq(face.version, 1);
    free(text);
    pn_end(p);
}

static void setup(void)
{
    test_db_setup();
    make_shop();
    import_face();
    order = paid_n(2, "13800000001");
}

static void add_printer(pn_word kind, const char *target, pn_word language)
{
    pn *p = ops();
    pn_printer x;
    ok(pn_printer_create(p, &(struct pn_printer_create){.code = "p1", .name = "one", .kind = kind,
                                                        .target = target, .language = language},
                         &x));
    printer_id = x.id;
    pn_end(p);
}

static vprinter_run *tcp_printer(pn_vprinter_opts o)
{
    char target[60];
    vprinter_run *r = printer_on(test_ctx, o);
    snprintf(target, sizeof target, "127.0.0.1:%d", printer_port(r));
    add_printer((pn_word){PN_PRINTER_TCP}, target, (pn_word){0});
    return r;
}

static void load_roll(int64_t from, int64_t to)
{
    pn *p = clerk();
    pn_roll roll;
    ok(pn_roll_load(p, &(struct pn_roll_load){printer_id, "A1", from, to}, &roll));
    pn_end(p);
}

static int print_it(pn *p, const char *reason, pn_print_job *job)
{
    return pn_ticket_print(p, &(struct pn_ticket_print){.order = order.id, .reason = reason}, job);
}

static void accounts(int64_t spoiled, int64_t unused)
{
    pn *p = ops();
    pn_roll_balance a;
    int64_t id = test_sql_int("select id from ticket_stock where roll = 'A1'");
    ok(pn_roll_account(p, &(struct pn_roll_account){id}, &a));
    ck_assert_int_eq(a.difference, 0);
    ck_assert_int_eq(a.spoiled, spoiled);
    ck_assert_int_eq(a.unused, unused);
    pn_end(p);
}

static const char *verify(const char *code)
{
    pn *p = as(PN_ROLE_GATE, 41);
    pn_scan s;
    pn_set_now(p, (pn_time){shop_now + 60 * DAY - 30 * MINUTE});
    ok(pn_gate_verify(p, &(struct pn_gate_verify){.code = code}, &s));
    return pn_word_name(pn_scan_results, s.result);
}

/* The QR code of the printer's n-th ticket, as zbar sees it. */
static const char *printed_code(const vprinter_run *r, int n)
{
    return pn_strdup(ops(), output_of("zbarimg -q --raw --nodbus %s/ticket-%04d.png | grep ^PN1",
                                      printer_dir(r), n));
}

START_TEST(an_order_is_printed_and_its_paper_verified)
{
    vprinter_run *r = tcp_printer((pn_vprinter_opts){0});
    load_roll(101, 200);
    pn *p = clerk();
    pn_print_job job;
    ok(print_it(p, NULL, &job));
    ck_assert_int_eq(job.state.v, PN_PRINT_CONFIRMED);
    ck_assert_int_eq(job.tickets, 2);
    ck_assert_uint_eq(job.records.n, 2);
    const pn_print_record *rec = job.records.row;
    ck_assert_int_eq(rec[0].serial, 101);
    ck_assert_int_eq(rec[1].serial, 102);
    ck_assert_int_eq(rec[0].print_no, 1);
    ck_assert_int_eq(rec[0].result.v, PN_PRINT_RESULT_OK);
    printer_wait(r, 2);
    accounts(0, 98);
    ck_assert_int_eq(count_of("ticket_event where event = 'PRINTED' and note = 'A1-000101'"), 1);
    ck_assert_str_eq(verify(printed_code(r, 1)), "OK");
    ck_assert_str_eq(verify(printed_code(r, 2)), "OK");
    ck_assert_str_eq(verify(printed_code(r, 1)), "DUPLICATE");
    printer_off(r);
}
END_TEST

START_TEST(S34_a_reprint_needs_a_reason_and_voids_the_paper)
{
    vprinter_run *r = tcp_printer((pn_vprinter_opts){0});
    load_roll(1, 50);
    pn *p = clerk();
    pn_print_job job;
    ok(print_it(p, NULL, &job));
    fails(PN_EARG, print_it(p, NULL, &job));
    ck_assert_str_eq(pn_error(p)->field, "reason");
    ok(print_it(p, "wet", &job));
    ck_assert_int_eq(((const pn_print_record *)job.records.row)->print_no, 2);
    printer_wait(r, 4);
    ck_assert_str_eq(verify(printed_code(r, 1)), "SUPERSEDED");
    ck_assert_str_eq(verify(printed_code(r, 3)), "OK");
    accounts(0, 46);
    printer_off(r);
}
END_TEST

START_TEST(S34_a_jam_spoils_one_blank_and_gives_back_the_rest)
{
    vprinter_run *r = tcp_printer((pn_vprinter_opts){.jam_at = 1});
    load_roll(1, 50);
    pn *p = clerk();
    pn_print_job job;
    fails(PN_EPRINTER, print_it(p, NULL, &job));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "jam"));
    ck_assert_ptr_nonnull(pn_error(p)->hint);
    ck_assert_int_eq(count_of("print_record where result = 'SPOILED' and serial = 1"), 1);
    ck_assert_int_eq(count_of("print_record"), 1);
    ck_assert_int_eq(count_of("ticket where print_no = 0"), 1); /* the second was never sent */
    ck_assert_int_eq(count_of("print_job where state = 'FAILED'"), 1);
    accounts(1, 49);
    printer_off(r);
}
END_TEST

START_TEST(an_absent_printer_takes_nothing)
{
    add_printer((pn_word){PN_PRINTER_TCP}, "127.0.0.1:1", (pn_word){0});
    load_roll(1, 50);
    pn *p = clerk();
    pn_print_job job;
    fails(PN_EPRINTER, print_it(p, NULL, &job));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "nothing was printed"));
    ck_assert_int_eq(count_of("ticket where print_no = 0"), 2);
    ck_assert_int_eq(count_of("print_record") + count_of("stock_serial"), 0);
    accounts(0, 50);
    ck_assert_int_eq(count_of("ticket_stock where busy_job is not null"), 0);
}
END_TEST

START_TEST(a_mute_printer_is_settled_by_a_person)
{
    vprinter_run *r = tcp_printer((pn_vprinter_opts){.mute = true});
    load_roll(1, 50);
    pn *p = clerk();
    pn_print_job job;
    ok(print_it(p, NULL, &job));
    ck_assert_int_eq(job.state.v, PN_PRINT_UNKNOWN);
    ck_assert_ptr_nonnull(job.error);
    ok(pn_print_settle(p, &(struct pn_print_settle){job.id, {PN_PRINT_RESULT_OK}, "seen"}, &job));
    ck_assert_int_eq(job.state.v, PN_PRINT_CONFIRMED);
    fails(PN_ESTATE,
          pn_print_settle(p, &(struct pn_print_settle){job.id, {PN_PRINT_RESULT_OK}, "x"}, &job));
    accounts(0, 48);
    printer_off(r);
}
END_TEST

START_TEST(no_roll_no_print)
{
    vprinter_run *r = tcp_printer((pn_vprinter_opts){0});
    pn *p = clerk();
    pn_print_job job;
    fails(PN_ESTATE, print_it(p, NULL, &job));
    load_roll(7, 7);
    fails(PN_ESTOCK, print_it(p, NULL, &job));
    ck_assert_int_eq(count_of("print_job"), 0);
    ck_assert_int_eq(count_of("ticket where print_no = 0"), 2);
    printer_off(r);
}
END_TEST

START_TEST(reprints_of_a_day_are_counted)
{
    add_printer((pn_word){PN_PRINTER_FILE}, scratch_file("out.bin"), (pn_word){0});
    pn *p = clerk();
    pn_print_job job;
    ok(print_it(p, NULL, &job));
    ok(print_it(p, "a", &job));
    ok(print_it(p, "b", &job)); /* four papers reprinted by now */
    fails(PN_EPERM, print_it(p, "c", &job));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->hint, "supervisor"));
    p = ops();
    ok(print_it(p, "c", &job));
}
END_TEST

START_TEST(a_missing_glyph_takes_no_blank)
{
    add_printer((pn_word){PN_PRINTER_FILE}, scratch_file("out.bin"), (pn_word){0});
    load_roll(1, 50);
    test_sql("update show set title = '龙\U000F0000年'");
    pn *p = clerk();
    pn_print_job job;
    fails(PN_EGLYPH, print_it(p, NULL, &job));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "U+F0000"));
    ck_assert_int_eq(count_of("print_job") + count_of("print_record"), 0);
    accounts(0, 50);
    test_sql("update show set title = '龑𠮷㙓'");
    ok(print_it(p, NULL, &job));
}
END_TEST

START_TEST(a_job_left_behind_is_resumed_or_given_up)
{
    add_printer((pn_word){PN_PRINTER_FILE}, scratch_file("out.bin"), (pn_word){0});
    load_roll(1, 50);
    pn *p = clerk();
    pn_print_job job;
    ok(print_it(p, NULL, &job));
    test_sql("update print_job set state = 'QUEUED'; update print_record set result = 'PENDING'");
    ok(pn_print_resume(p, &(struct pn_print_resume){job.id}, &job));
    ck_assert_int_eq(job.state.v, PN_PRINT_CONFIRMED);
    fails(PN_ESTATE, pn_print_resume(p, &(struct pn_print_resume){job.id}, &job));
    test_sql("update print_job set state = 'SENDING'; update print_record set result = 'PENDING'");
    fails(PN_EBUSY, pn_print_resume(p, &(struct pn_print_resume){job.id}, &job));
    shop_clock(5 * MINUTE);
    p = clerk();
    ok(pn_print_resume(p, &(struct pn_print_resume){job.id}, &job));
    ck_assert_int_eq(job.state.v, PN_PRINT_UNKNOWN);
}
END_TEST

START_TEST(a_rehearsal_prints_nothing)
{
    add_printer((pn_word){PN_PRINTER_FILE}, scratch_file("rehearsed.bin"), (pn_word){0});
    pn *p = clerk();
    pn_print_job job;
    pn_dry_run(p, true);
    ok(print_it(p, NULL, &job));
    ck_assert_int_eq(count_of("print_job"), 0);
    ck_assert_str_eq(output_of("test -e %s && echo yes || echo no",
                               scratch_file("rehearsed.bin")), "no");
}
END_TEST

START_TEST(a_repeated_key_prints_once)
{
    vprinter_run *r = tcp_printer((pn_vprinter_opts){0});
    load_roll(1, 50);
    pn_print_job job, again;
    pn *p = clerk();
    pn_key(p, "k1");
    ok(print_it(p, NULL, &job));
    p = clerk();
    pn_key(p, "k1");
    ok(print_it(p, NULL, &again));
    ck_assert_int_eq(job.id, again.id);
    ck_assert_int_eq(count_of("print_record"), 2);
    printer_off(r);
}
END_TEST

START_TEST(the_serial_is_on_the_paper)
{
    add_printer((pn_word){PN_PRINTER_FILE}, scratch(), (pn_word){PN_PRINTER_PDF});
    load_roll(42, 50);
    pn *p = clerk();
    pn_print_job job;
    ok(print_it(p, NULL, &job));
    const char *text = output_of("pdftotext %s/print-%" PRId64 "-1.pdf -", scratch(), job.id);
    ck_assert_ptr_nonnull(strstr(text, "A1-000042"));
    ck_assert_ptr_nonnull(strstr(text, "雷雨"));
    ck_assert_ptr_nonnull(strstr(text, "¥580"));
    ck_assert_ptr_nonnull(strstr(text, "不对号入座"));
}
END_TEST

START_TEST(electronic_tickets_are_exported)
{
    pn *p = clerk();
    pn_face_file file;
    const char *path = scratch_file("e.pdf");
    ok(pn_ticket_export(p, &(struct pn_ticket_export){.order = order.id, .to = path}, &file));
    ck_assert_int_eq(file.pages, 2);
    output_of("pdftoppm -r 203 -png %s %s", path, scratch_file("e"));
    const char *code = pn_strdup(p, output_of("zbarimg -q --raw --nodbus %s-1.png | grep ^PN1",
                                              scratch_file("e")));
    ck_assert_str_eq(verify(code), "OK");
    ck_assert_int_eq(count_of("ticket_event where event = 'CODE_SHOWN'"), 2);
    fails(PN_ESTATE, pn_ticket_export(p, &(struct pn_ticket_export){.order = order.id, .to = path},
                                      &file)); /* one is inside */
}
END_TEST

START_TEST(a_printed_ticket_has_no_electronic_code)
{
    add_printer((pn_word){PN_PRINTER_FILE}, scratch_file("out.bin"), (pn_word){0});
    pn *p = clerk();
    pn_print_job job;
    pn_ticket t;
    pn_ticket_credential c;
    ok(print_it(p, NULL, &job));
    int64_t id = test_sql_int("select min(id) from ticket");
    fails(PN_ESTATE, pn_ticket_code(p, &(struct pn_ticket_code){id}, &c));
    ok(pn_ticket_reissue(p, &(struct pn_ticket_reissue){id, "lost"}, &t));
    ok(pn_ticket_code(p, &(struct pn_ticket_code){id}, &c));
    ck_assert_str_eq(verify(c.code), "OK");
}
END_TEST

START_TEST(a_test_page_takes_a_blank)
{
    vprinter_run *r = tcp_printer((pn_vprinter_opts){0});
    load_roll(1, 50);
    pn *p = clerk();
    pn_print_job job;
    ok(pn_printer_test(p, &(struct pn_printer_test){.id = printer_id}, &job));
    ck_assert_int_eq(job.state.v, PN_PRINT_CONFIRMED);
    ck_assert_int_eq(count_of("stock_serial where result = 'TEST'"), 1);
    pn_printer_state st;
    ok(pn_printer_status(p, &(struct pn_printer_status){printer_id}, &st));
    ck_assert(st.ready);
    ck_assert_int_eq(st.left, 49);
    accounts(0, 49);
    printer_off(r);
}
END_TEST

START_TEST(a_closed_roll_explains_its_gap)
{
    add_printer((pn_word){PN_PRINTER_FILE}, scratch_file("out.bin"), (pn_word){0});
    load_roll(1, 50);
    pn *p = clerk();
    pn_print_job job;
    pn_roll roll;
    ok(print_it(p, NULL, &job));
    int64_t id = test_sql_int("select id from ticket_stock");
    fails(PN_EARG, pn_roll_close(p, &(struct pn_roll_close){id, 6, NULL}, &roll));
    fails(PN_EARG, pn_roll_close(p, &(struct pn_roll_close){id, 2, "x"}, &roll));
    ok(pn_roll_close(p, &(struct pn_roll_close){id, 6, "torn"}, &roll));
    ck_assert_int_eq(roll.missing, 3);
    accounts(0, 45);
    fails(PN_ESTATE, pn_roll_close(p, &(struct pn_roll_close){id, 6, "x"}, &roll));
    fails(PN_EEXISTS, pn_roll_load(p, &(struct pn_roll_load){printer_id, "A1", 51, 60}, &roll));
}
END_TEST

START_TEST(faces_are_versions)
{
    pn *p = ops();
    pn_face face;
    pn_face_file file;
    char *text = source_file("data/face/standard-80x180.yaml", NULL);
    ok(pn_face_import(p, &(struct pn_face_import){.file = text}, &face));
    ck_assert_int_eq(face.version, 1); /* the same again */
    strncat(text, "# changed\n", 20);
    ok(pn_face_import(p, &(struct pn_face_import){.file = text}, &face));
    ck_assert_int_eq(face.version, 2);
    ck_assert_int_eq(count_of("ticket_face where state = 'LIVE'"), 1);
    ok(pn_face_preview(p, &(struct pn_face_preview){.id = face.id, .to = scratch_file("p.pdf")},
                       &file));
    ck_assert_ptr_nonnull(strstr(output_of("pdftotext %s -", scratch_file("p.pdf")), "魅影"));
    fails(PN_EARG, pn_face_import(p, &(struct pn_face_import){.file = "code: x\n",
                                                              .file_name = "x.yaml"}, &face));
    ck_assert_int_eq(strncmp(pn_error(p)->message, "x.yaml:1:1", 10), 0);
    free(text);
}
END_TEST

START_TEST(a_new_key_leaves_old_codes_valid)
{
    pn *p = ops();
    pn_ticket_credential c;
    pn_key_row key;
    int64_t id = test_sql_int("select min(id) from ticket");
    ok(pn_ticket_code(p, &(struct pn_ticket_code){id}, &c));
    p = as(PN_ROLE_ADMIN, 1);
    ok(pn_key_rotate(p, &(struct pn_key_rotate){"yearly"}, &key));
    ck_assert_int_eq(count_of("ticket_key where state = 'CURRENT'"), 1);
    ck_assert_int_eq(count_of("ticket_key"), 2);
    ck_assert_str_eq(verify(c.code), "OK");
    ck_assert_str_eq(output_of("stat -c %%a %s/keys/ticket-%d.key", pn_state_dir(test_ctx),
                               (int)key.id), "600");
    fails(PN_EPERM, pn_key_rotate(clerk(), &(struct pn_key_rotate){"x"}, &key));
}
END_TEST

int main(void)
{
    Suite *s = suite_create("ticket/printjob");
    TCase *c = tcase_create("printjob");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, test_db_teardown);
    tcase_add_test(c, an_order_is_printed_and_its_paper_verified);
    tcase_add_test(c, S34_a_reprint_needs_a_reason_and_voids_the_paper);
    tcase_add_test(c, S34_a_jam_spoils_one_blank_and_gives_back_the_rest);
    tcase_add_test(c, an_absent_printer_takes_nothing);
    tcase_add_test(c, a_mute_printer_is_settled_by_a_person);
    tcase_add_test(c, no_roll_no_print);
    tcase_add_test(c, reprints_of_a_day_are_counted);
    tcase_add_test(c, a_missing_glyph_takes_no_blank);
    tcase_add_test(c, a_job_left_behind_is_resumed_or_given_up);
    tcase_add_test(c, a_rehearsal_prints_nothing);
    tcase_add_test(c, a_repeated_key_prints_once);
    tcase_add_test(c, the_serial_is_on_the_paper);
    tcase_add_test(c, electronic_tickets_are_exported);
    tcase_add_test(c, a_printed_ticket_has_no_electronic_code);
    tcase_add_test(c, a_test_page_takes_a_blank);
    tcase_add_test(c, a_closed_roll_explains_its_gap);
    tcase_add_test(c, faces_are_versions);
    tcase_add_test(c, a_new_key_leaves_old_codes_valid);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
