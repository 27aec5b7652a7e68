/* SPDX-License-Identifier: Apache-2.0 */
/* printer.h — printers, the rolls of blank tickets in them, and the jobs that join the two. */
#ifndef PN_PRINTER_H
#define PN_PRINTER_H

#include "ticket/face.h"

PN_BEGIN

// clang-format off
#define PN_PRINTER_KINDS(W)                                                                        \
    W(PRINTER, TCP, N_("Network, port 9100"), 0) W(PRINTER, USB, N_("Device"), 0)                  \
    W(PRINTER, FILE, N_("File"), 0)
#define PN_PRINTER_LANGUAGES(W)                                                                    \
    W(PRINTER, ESCPOS, "ESC/POS", 0) W(PRINTER, PDF, "PDF", 0) W(PRINTER, PNG, "PNG", 0)
#define PN_PRINTER_STATES(W)                                                                       \
    W(PRINTER, ACTIVE, N_("Active"), 'g') W(PRINTER, OFF, N_("Off"), 'd')
#define PN_ROLL_STATES(W)                                                                          \
    W(ROLL, LOADED, N_("Loaded"), 'g') W(ROLL, USED_UP, N_("Used up"), 'd')                        \
    W(ROLL, CLOSED, N_("Closed"), 'd')
#define PN_PRINT_STATES(W)                                                                         \
    W(PRINT, QUEUED, N_("Queued"), 'w') W(PRINT, SENDING, N_("Sending"), 'w')                      \
    W(PRINT, SENT, N_("Sent"), 'w') W(PRINT, CONFIRMED, N_("Confirmed"), 'g')                      \
    W(PRINT, UNKNOWN, N_("Look at the paper"), 'b') W(PRINT, FAILED, N_("Failed"), 'b')
#define PN_PRINT_RESULTS(W)                                                                        \
    W(PRINT_RESULT, PENDING, N_("Not known yet"), 'w') W(PRINT_RESULT, OK, N_("Printed"), 'g')     \
    W(PRINT_RESULT, SPOILED, N_("Spoiled"), 'b') W(PRINT_RESULT, TEST, N_("Test"), 'd')
// clang-format on
enum { PN_PRINTER_KIND_UNSET, PN_PRINTER_KINDS(PN_WORD_ENUM) };
enum { PN_PRINTER_LANGUAGE_UNSET, PN_PRINTER_LANGUAGES(PN_WORD_ENUM) };
enum { PN_PRINTER_STATE_UNSET, PN_PRINTER_STATES(PN_WORD_ENUM) };
enum { PN_ROLL_UNSET, PN_ROLL_STATES(PN_WORD_ENUM) };
enum { PN_PRINT_UNSET, PN_PRINT_STATES(PN_WORD_ENUM) };
enum { PN_PRINT_RESULT_UNSET, PN_PRINT_RESULTS(PN_WORD_ENUM) };
extern const pn_words pn_printer_kinds[], pn_printer_languages[], pn_printer_states[],
    pn_roll_states[], pn_print_states[], pn_print_results[];

typedef struct pn_printer {
    int64_t id;
    const char *code, *name;
    pn_word kind;
    const char *target;
    pn_word language;
    int dpi, head;
    bool native_qr;
    int64_t venue_id;
    pn_word state;
    const char *roll;
    int64_t next_serial, left;
    pn_time created_at, updated_at;
    int version;
} pn_printer;
extern const pn_type pn_printer_t;

struct pn_printer_create {
    const char *code, *name;
    pn_word kind;
    const char *target;
    pn_word language;
    int dpi, head;
    bool native_qr;
    int64_t venue;
};
struct pn_printer_edit {
    int64_t id;
    const char *name, *target;
    int dpi, head;
    pn_word state;
};
struct pn_printer_show { int64_t id; };
struct pn_printer_status { int64_t id; };
struct pn_printer_test { int64_t id, face; };

typedef struct pn_printer_state {
    int64_t id;
    const char *code;
    bool ready;
    const char *message;
    const char *roll;
    int64_t left;
} pn_printer_state;

PN_MUST int pn_printer_create(pn *p, const struct pn_printer_create *in, pn_printer *out);
PN_MUST int pn_printer_edit(pn *p, const struct pn_printer_edit *in, pn_printer *out);
PN_MUST int pn_printer_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_printer_show(pn *p, const struct pn_printer_show *in, pn_printer *out);
/** Ask the printer how it is. */
PN_MUST int pn_printer_status(pn *p, const struct pn_printer_status *in, pn_printer_state *out);

/* ---- rolls ---- */

typedef struct pn_roll {
    int64_t id;
    const char *roll;
    int64_t printer_id;
    const char *printer;
    int64_t serial_from, serial_to, next_serial;
    pn_word state;
    int missing;
    pn_time created_at, updated_at;
} pn_roll;

/** Where every blank of a roll went: ok + spoiled + test + pending + missing + unused = total. */
typedef struct pn_roll_balance {
    int64_t id;
    const char *roll;
    int64_t total, ok, spoiled, test, pending, missing, unused, difference;
} pn_roll_balance;

struct pn_roll_load { int64_t printer; const char *roll; int64_t serial_from, serial_to; };
struct pn_roll_close { int64_t id, next_serial; const char *reason; };
struct pn_roll_show { int64_t id; };
struct pn_roll_account { int64_t id; };

PN_MUST int pn_roll_load(pn *p, const struct pn_roll_load *in, pn_roll *out);
/** Take a roll out. `next_serial` is the first blank that is really left: blanks between the one we
 *  expected and this one are MISSING. */
PN_MUST int pn_roll_close(pn *p, const struct pn_roll_close *in, pn_roll *out);
PN_MUST int pn_roll_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_roll_show(pn *p, const struct pn_roll_show *in, pn_roll *out);
PN_MUST int pn_roll_account(pn *p, const struct pn_roll_account *in, pn_roll_balance *out);

/* ---- jobs ---- */

typedef struct pn_print_record {
    int64_t id, ticket_id;
    const char *ticket_no;
    int print_no, issue_no;
    const char *roll;
    int64_t serial;
    pn_word result;
    const char *reason;
} pn_print_record;

typedef struct pn_print_job {
    int64_t id;
    int64_t order_id, printer_id, face_id;
    const char *printer;
    pn_word state;
    int tickets;
    const char *reason, *error;
    int64_t staff_id;
    pn_time created_at, updated_at;
    bool trouble;    /* failed, or nobody knows what came out */
    pn_rows records; /* pn_print_record; lists leave it empty */
} pn_print_job;
extern const pn_type pn_print_job_t;

struct pn_ticket_print {
    int64_t order;
    pn_texts tickets;
    int64_t printer, face;
    const char *reason;
};
struct pn_ticket_export {
    int64_t order;
    pn_texts tickets;
    int64_t face;
    pn_word format;
    int dpi;
    const char *to;
};
struct pn_print_show { int64_t id; };
struct pn_print_resume { int64_t id; };
struct pn_print_settle { int64_t id; pn_word result; const char *reason; };

/** Print the tickets of an order, or some tickets. Tickets that were printed before need a reason;
 *  the older paper is void from then on. PN_EPRINTER when the printer failed: `print show` tells
 *  what became of each paper. A job of state UNKNOWN was taken but not confirmed. */
PN_MUST int pn_ticket_print(pn *p, const struct pn_ticket_print *in, pn_print_job *out);
/** Electronic tickets as PDF (one page each) or PNG (one ticket) into a file. */
PN_MUST int pn_ticket_export(pn *p, const struct pn_ticket_export *in, pn_face_file *out);
/** A page of sample data; consumes a blank as TEST when a roll is loaded. */
PN_MUST int pn_printer_test(pn *p, const struct pn_printer_test *in, pn_print_job *out);

PN_MUST int pn_print_list(pn *p, const pn_list *in, pn_page *out);
PN_MUST int pn_print_show(pn *p, const struct pn_print_show *in, pn_print_job *out);
/** Go on with a job that was left behind: a queued one is sent, one that was being sent when the
 *  program died becomes UNKNOWN. */
PN_MUST int pn_print_resume(pn *p, const struct pn_print_resume *in, pn_print_job *out);
/** Say what a person saw on the paper of an UNKNOWN job: all OK, or SPOILED. */
PN_MUST int pn_print_settle(pn *p, const struct pn_print_settle *in, pn_print_job *out);

PN_END
#endif
