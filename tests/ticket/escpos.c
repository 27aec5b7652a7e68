/* SPDX-License-Identifier: Apache-2.0 */
/* escpos.c — the bytes of a ticket through the strict virtual printer, in memory and over TCP, and
 * every way in which a printer can misbehave. */
#include "tools.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ticket/escpos.h"

static pn *p;
static pn_layout *face;
static pn_face_data words;
static char code[PN_PN1_CHARS + 1], bar[PN_BARCODE_MAX];

static void setup(void)
{
    p = bare_unit();
    face = standard_face(p);
    sample_words(&words, code, bar);
}

static void teardown(void)
{
    pn_end(p);
}

/* A printer can only make a QR code that has its rows for itself. */
static const char alone[] = "code: x\npaper: {width: 80, height: 90}\nelements:\n"
                            "  - {text: \"{show}\", at: [4, 4], w: 72, h: 8}\n"
                            "  - {qr: \"{code}\", at: [4, 14], w: 40}\n"
                            "  - {code128: \"{barcode}\", at: [4, 60], w: 72, h: 12}\n";

static pn_buf ticket(bool native)
{
    if (native)
        ok(pn_layout_read(p, "alone", alone, strlen(alone), &face));
    pn_qr_places places;
    pn_dots dots, fitted;
    pn_buf bytes = pn_buf_new(p);
    ok(pn_render_dots(p, face, &words, 203, native ? &places : NULL, &dots));
    ok(pn_dots_fit(p, &dots, 640, native ? &places : NULL, &fitted));
    ok(pn_escpos_ticket(p, &fitted, native ? &places : NULL, &bytes));
    return bytes;
}

/* ---- in memory ---- */

struct cut {
    int pages, replies;
    bool jammed;
    pn_dots last;
    uint8_t reply[16];
};

static int on_page(void *payload, const pn_dots *page, bool jammed)
{
    struct cut *c = payload;
    c->pages++;
    c->jammed = jammed;
    c->last = *page;
    size_t n = (size_t)page->stride * (size_t)page->height;
    c->last.bits = pn_alloc(p, n);
    memcpy(c->last.bits, page->bits, n);
    return 0;
}

static void on_reply(void *payload, const uint8_t *data, size_t len)
{
    struct cut *c = payload;
    for (size_t i = 0; i < len; i++)
        c->reply[c->replies++] = data[i];
}

static pn_vprinter *printer(struct cut *c, pn_vprinter_opts o)
{
    memset(c, 0, sizeof *c);
    o.page = on_page;
    o.reply = on_reply;
    o.payload = c;
    pn_vprinter *v = pn_vprinter_new(p, &o);
    ck_assert_ptr_nonnull(v);
    return v;
}

START_TEST(every_dot_arrives_as_it_was_sent)
{
    struct cut c;
    pn_dots dots;
    pn_buf bytes = ticket(false);
    pn_vprinter *v = printer(&c, (pn_vprinter_opts){0});
    ok(pn_vprinter_feed(v, bytes.text, bytes.len));
    ok(pn_vprinter_end(v));
    ck_assert_int_eq(c.pages, 1);
    ok(pn_render_dots(p, face, &words, 203, NULL, &dots));
    ck_assert_int_eq(c.last.height, dots.height);
    for (int y = 0; y < dots.height; y++)
        for (int x = 0; x < dots.width; x++)
            ck_assert(pn_dot(&dots, x, y) == pn_dot(&c.last, x, y));
}
END_TEST

START_TEST(pieces_of_any_size_are_the_same)
{
    struct cut c;
    pn_buf bytes = ticket(true);
    pn_vprinter *v = printer(&c, (pn_vprinter_opts){0});
    for (size_t i = 0; i < bytes.len; i++)
        ok(pn_vprinter_feed(v, bytes.text + i, 1));
    ok(pn_vprinter_end(v));
    ck_assert_int_eq(c.pages, 1);
}
END_TEST

START_TEST(zbar_reads_what_the_printer_made)
{
    struct cut c;
    pn_buf png, bytes = ticket(_i == 1);
    char want[300];
    pn_vprinter *v = printer(&c, (pn_vprinter_opts){0});
    ok(pn_vprinter_feed(v, bytes.text, bytes.len));
    ok(pn_dots_png(p, &c.last, &png));
    save(scratch_file("cut.png"), &png);
    snprintf(want, sizeof want, "%s\n%s", code, bar);
    ck_assert_str_eq(output_of("zbarimg -q --raw --nodbus %s | sort", scratch_file("cut.png")),
                     want);
}
END_TEST

START_TEST(native_qr_is_refused_beside_other_ink)
{
    pn_qr_places places;
    pn_dots dots;
    pn_buf bytes = pn_buf_new(p);
    ok(pn_render_dots(p, face, &words, 203, &places, &dots));
    places.at[0].y = 300; /* where the date stands */
    fails(PN_EARG, pn_escpos_ticket(p, &dots, &places, &bytes));
}
END_TEST

static const struct { const char *bytes; size_t len; const char *words; } refused[] = {
    {"\x1b@Hello", 7, "Byte 2: not understood: 48"},
    {"\x1bt\x00", 3, "Byte 0: not understood: 1B 74"},
    {"\x1b@\x1d!\x11", 5, "Byte 2: not understood: 1D 21"},
    {"\x1d" "V\x01", 3, "Byte 0: the job does not start with ESC @: 1D 56 01"},
    {"\x1b@\x1dv0\x01\x01\x00\x01\x00", 10, "only raster mode 0"},
    {"\x1b@\x1dv0\x00\xff\x00\x01\x00", 10, "does not fit"},
    {"\x1b@\x1d(k\x03\x00\x31Q0", 10, "no QR code was stored"},
    {"\x1b@\x1d(k\x03\x00\x31" "C\x21", 10, "1 to 16"},
    {"\x1b@\x1d(k\x03\x00\x30Q0", 10, "not understood"},
    {"\x10\x04\x09", 3, "unknown status request"},
    {"%PDF-1.4", 8, "Byte 0: not understood: 25"},
};

START_TEST(what_is_not_understood_is_refused_with_its_place)
{
    struct cut c;
    pn_vprinter *v = printer(&c, (pn_vprinter_opts){0});
    fails(PN_EPRINTER, pn_vprinter_feed(v, refused[_i].bytes, refused[_i].len));
    ck_assert_msg(strstr(pn_error(p)->message, refused[_i].words) != NULL, "%s",
                  pn_error(p)->message);
    fails(PN_EPRINTER, pn_vprinter_feed(v, "\x1b@", 2)); /* it stays off */
    ck_assert_int_eq(c.pages, 0);
}
END_TEST

START_TEST(a_torn_job_is_noticed)
{
    struct cut c;
    pn_buf bytes = ticket(false);
    pn_vprinter *v = printer(&c, (pn_vprinter_opts){0});
    ok(pn_vprinter_feed(v, bytes.text, bytes.len / 2));
    fails(PN_EPRINTER, pn_vprinter_end(v));
    v = printer(&c, (pn_vprinter_opts){0});
    ok(pn_vprinter_feed(v, bytes.text, bytes.len - 4)); /* all but the cut */
    fails(PN_EPRINTER, pn_vprinter_end(v));
    ck_assert_ptr_nonnull(strstr(pn_error(p)->message, "not cut"));
}
END_TEST

START_TEST(status_bytes_tell_paper_and_jam)
{
    struct cut c;
    pn_buf bytes = ticket(false);
    static const char ask[] = "\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04";
    pn_vprinter *v = printer(&c, (pn_vprinter_opts){.paper_out_after = 1});
    ok(pn_vprinter_feed(v, ask, 12));
    ck_assert_mem_eq(c.reply, "\x12\x12\x12\x12", 4);
    ok(pn_vprinter_feed(v, bytes.text, bytes.len));
    ok(pn_vprinter_feed(v, ask, 12));
    ck_assert_mem_eq(c.reply + 4, "\x1a\x72\x12\x72", 4);
    ok(pn_vprinter_feed(v, bytes.text, bytes.len)); /* thrown away */
    ck_assert_int_eq(c.pages, 1);
    v = printer(&c, (pn_vprinter_opts){.jam_at = 1});
    ok(pn_vprinter_feed(v, bytes.text, bytes.len));
    ok(pn_vprinter_feed(v, ask, 12));
    ck_assert(c.jammed);
    ck_assert_int_lt(c.last.height, 1000);
    ck_assert_mem_eq(c.reply, "\x1a\x52\x1a\x12", 4);
    ck_assert(pn_vprinter_stopped(v));
}
END_TEST

START_TEST(a_narrow_head_cuts_margins_but_never_ink)
{
    pn_dots dots, fitted;
    ok(pn_render_dots(p, face, &words, 203, NULL, &dots));
    fails(PN_EARG, pn_dots_fit(p, &dots, 576, NULL, &fitted)); /* the perforation is full width */
    for (int y = 0; y < dots.height; y++) /* leave ink in the middle only */
        for (int x = 0; x < dots.width; x++)
            if (x < 40 || x > 600)
                dots.bits[y * dots.stride + x / 8] &= (uint8_t)~(0x80 >> x % 8);
    ok(pn_dots_fit(p, &dots, 576, NULL, &fitted));
    ck_assert_int_eq(fitted.width, 576);
    ck_assert_int_eq(fitted.stride, 72);
}
END_TEST

/* ---- over TCP ---- */

static const char *target(const vprinter_run *r)
{
    return pn_printf(p, "127.0.0.1:%d", printer_port(r));
}

START_TEST(a_ticket_over_tcp_is_confirmed)
{
    pn_delivery d;
    pn_buf bytes = ticket(_i == 1);
    vprinter_run *r = printer_on(test_ctx, (pn_vprinter_opts){0});
    ok(pn_send_tcp(p, target(r), bytes.text, bytes.len, 10000, &d));
    ck_assert_msg(d.outcome == PN_SENT_CONFIRMED, "%s", d.message);
    printer_wait(r, 1);
    ok(pn_send_tcp(p, target(r), bytes.text, bytes.len, 10000, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_CONFIRMED);
    printer_wait(r, 2);
    ck_assert_ptr_nonnull(strstr(output_of("zbarimg -q --raw --nodbus %s/ticket-0002.png",
                                           printer_dir(r)), code));
    printer_off(r);
}
END_TEST

START_TEST(an_earlier_run_keeps_its_tickets)
{
    pn_delivery d;
    pn_buf bytes = ticket(false);
    for (int i = 0; i < 2; i++) {
        vprinter_run *r = printer_on(test_ctx, (pn_vprinter_opts){0});
        ok(pn_send_tcp(p, target(r), bytes.text, bytes.len, 10000, &d));
        printer_wait(r, 1);
        printer_off(r);
    }
    ck_assert_int_eq(access(scratch_file("ticket-0001.png"), F_OK), 0);
    ck_assert_int_eq(access(scratch_file("ticket-0002.png"), F_OK), 0);
}
END_TEST

START_TEST(paper_out_is_seen_before_and_after)
{
    pn_delivery d;
    pn_buf bytes = ticket(false);
    vprinter_run *r = printer_on(test_ctx, (pn_vprinter_opts){.paper_out_after = 1});
    ok(pn_send_tcp(p, target(r), bytes.text, bytes.len, 10000, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_FAILED); /* the roll ended with this ticket */
    ck_assert_ptr_nonnull(strstr(d.message, "out of paper"));
    ok(pn_send_tcp(p, target(r), bytes.text, bytes.len, 10000, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_NOTHING);
    printer_wait(r, 1);
    printer_off(r);
}
END_TEST

START_TEST(a_jam_spoils_the_ticket)
{
    pn_delivery d;
    pn_buf bytes = ticket(false);
    vprinter_run *r = printer_on(test_ctx, (pn_vprinter_opts){.jam_at = 1});
    ok(pn_send_tcp(p, target(r), bytes.text, bytes.len, 10000, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_FAILED);
    ck_assert_ptr_nonnull(strstr(d.message, "jam"));
    printer_off(r);
}
END_TEST

START_TEST(a_mute_printer_is_never_believed)
{
    pn_delivery d;
    pn_buf bytes = ticket(false);
    vprinter_run *r = printer_on(test_ctx, (pn_vprinter_opts){.mute = true});
    ok(pn_send_tcp(p, target(r), bytes.text, bytes.len, 10000, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_UNKNOWN);
    ck_assert(!d.broken);
    printer_wait(r, 1);
    printer_off(r);
}
END_TEST

START_TEST(a_printer_that_hangs_up_leaves_it_unknown)
{
    pn_delivery d;
    vprinter_run *r = printer_on(test_ctx, (pn_vprinter_opts){0});
    ok(pn_send_tcp(p, target(r), "\x1b@garbage", 9, 3000, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_UNKNOWN);
    ck_assert(d.broken);
    printer_off(r);
}
END_TEST

START_TEST(nobody_there_prints_nothing)
{
    pn_delivery d;
    ok(pn_send_tcp(p, "127.0.0.1:1", "x", 1, 1000, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_NOTHING);
    ok(pn_send_tcp(p, "no-such-host.invalid", "x", 1, 1000, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_NOTHING);
    ok(pn_send_device(p, "/dev/no-such-printer", "x", 1, 1000, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_NOTHING);
    ok(pn_send_file(p, "/no/such/folder/x", "x", false, "x", 1, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_NOTHING);
}
END_TEST

/* A printer's device file takes bytes and may tell nothing back: a pipe behaves the same. */
START_TEST(a_device_that_cannot_tell_is_never_believed)
{
    pn_delivery d;
    const pn_buf bytes = ticket(false);
    const char *path = scratch_file("lp0");
    char *got = malloc(bytes.len + 1);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDONLY | O_NONBLOCK);
    ck_assert_int_eq(fcntl(fd, F_SETPIPE_SZ, 1 << 20), 1 << 20);
    ok(pn_send_device(p, path, bytes.text, bytes.len, 3000, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_UNKNOWN);
    ck_assert(!d.broken);
    ck_assert_ptr_nonnull(strstr(d.message, path));
    ck_assert_int_eq(read(fd, got, bytes.len + 1), (ssize_t)bytes.len);
    ck_assert_mem_eq(got, bytes.text, bytes.len);
    close(fd);
    free(got);
}
END_TEST

START_TEST(a_device_that_stops_taking_leaves_it_unknown)
{
    pn_delivery d;
    const size_t len = 1 << 20;
    char *much = calloc(1, len);
    const char *path = scratch_file("lp1");
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int fd = open(path, O_RDONLY | O_NONBLOCK); /* and never reads */
    ok(pn_send_device(p, path, much, len, 200, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_UNKNOWN);
    ck_assert(d.broken);
    ck_assert_ptr_nonnull(strstr(d.message, "65536 of 1048576"));
    close(fd);
    free(much);
}
END_TEST

START_TEST(files_are_appended_or_replaced)
{
    pn_delivery d;
    const char *path = scratch_file("job.bin");
    ok(pn_send_file(p, path, "x", true, "one", 3, &d));
    ok(pn_send_file(p, path, "x", true, "two", 3, &d));
    ck_assert_int_eq(d.outcome, PN_SENT_CONFIRMED);
    ck_assert_str_eq(output_of("cat %s", path), "onetwo");
    ok(pn_send_file(p, path, "x", false, "three", 5, &d));
    ck_assert_str_eq(output_of("cat %s", path), "three");
    ok(pn_send_file(p, scratch(), "name.bin", false, "four", 4, &d));
    ck_assert_str_eq(output_of("cat %s/name.bin", scratch()), "four");
}
END_TEST

#define N(a) ((int)(sizeof(a) / sizeof *(a)))
int main(void)
{
    Suite *s = suite_create("ticket/escpos");
    TCase *c = tcase_create("escpos");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, every_dot_arrives_as_it_was_sent);
    tcase_add_test(c, pieces_of_any_size_are_the_same);
    tcase_add_loop_test(c, zbar_reads_what_the_printer_made, 0, 2);
    tcase_add_test(c, native_qr_is_refused_beside_other_ink);
    tcase_add_loop_test(c, what_is_not_understood_is_refused_with_its_place, 0, N(refused));
    tcase_add_test(c, a_torn_job_is_noticed);
    tcase_add_test(c, status_bytes_tell_paper_and_jam);
    tcase_add_test(c, a_narrow_head_cuts_margins_but_never_ink);
    tcase_add_loop_test(c, a_ticket_over_tcp_is_confirmed, 0, 2);
    tcase_add_test(c, an_earlier_run_keeps_its_tickets);
    tcase_add_test(c, paper_out_is_seen_before_and_after);
    tcase_add_test(c, a_jam_spoils_the_ticket);
    tcase_add_test(c, a_mute_printer_is_never_believed);
    tcase_add_test(c, a_printer_that_hangs_up_leaves_it_unknown);
    tcase_add_test(c, nobody_there_prints_nothing);
    tcase_add_test(c, a_device_that_cannot_tell_is_never_believed);
    tcase_add_test(c, a_device_that_stops_taking_leaves_it_unknown);
    tcase_add_test(c, files_are_appended_or_replaced);
    suite_add_tcase(s, c);
    return pn_test_main(s);
}
