/* SPDX-License-Identifier: Apache-2.0 */
/* sandbox_gate.c — the sandbox's gates: a code that ends in 1 goes in, 2 was here before, 3 wants a
 * document, and what goes out goes. */
#include "config.h"
#include "sandbox_int.h"

#include <string.h>

#define VERDICTS(W)                                                                                \
    W(GATE, OK, N_("Admitted"), 'g')                                                               \
    W(GATE, DUPLICATE, N_("Used before"), 'b') W(GATE, UNKNOWN, N_("Not a ticket"), 'b')           \
    W(GATE, OTHER, N_("Other entrance"), 'w') W(GATE, DOCUMENT, N_("Check the document"), 'w')     \
    W(GATE, BYE, N_("Goodbye"), 'g')
enum { GATE_UNSET, VERDICTS(PN_WORD_ENUM) };
static const pn_words verdicts[] = {VERDICTS(PN_WORD_ROW){0}};
static const pn_words ways[] = {{"IN", N_("In"), 0}, {"OUT", N_("Out"), 0}, {0}};
struct verify { const char *code; int64_t session, gate; pn_word direction; const char *doc; };
#define COL(f, label, ...) PN_COL(struct verify, f, label, __VA_ARGS__)
static PN_TYPE(verify_t, "gate.verify", struct verify,
               COL(code, N_("Code"), .flags = PN_REQ | PN_ARG),
               COL(session, N_("Session"), .flags = PN_OPT),
               COL(gate, N_("Gate"), .flags = PN_OPT), COL(direction, N_("Way"), .words = ways),
               COL(doc, N_("Document")));
struct let { const char *code; int64_t gate; const char *reason; };
static PN_TYPE(let_t, "gate.override", struct let,
               PN_COL(struct let, code, N_("Code"), .flags = PN_REQ | PN_ARG),
               PN_COL(struct let, gate, N_("Gate"), .flags = PN_OPT),
               PN_COL(struct let, reason, N_("Reason"), .flags = PN_REQ));
typedef struct { pn_word result; const char *seat, *note; } verdict;
static PN_TYPE(verdict_t, "verdict", verdict,
               PN_COL(verdict, result, N_("Result"), .words = verdicts),
               PN_COL(verdict, seat, N_("Seat")), PN_COL(verdict, note, N_("Note")));
typedef struct { int64_t id; const char *code, *name, *hall; } gate;
static PN_TYPE(gate_t, "gate", gate, PN_COL(gate, id, N_("Id"), .flags = PN_KEY),
               PN_COL(gate, code, N_("Code"), .flags = PN_BRIEF),
               PN_COL(gate, name, N_("Name"), .flags = PN_BRIEF),
               PN_COL(gate, hall, N_("Hall"), .flags = PN_BRIEF));

/* Gate 2 is another entrance. */
static int verify(pn *p, const void *in, void *out)
{
    static const char seat[] = "内场 A 区 02 排 05 座";
    const struct verify *v = in;
    size_t n = v->code ? strlen(v->code) : 0;
    char last = n ? v->code[n - 1] : 0;
    (void)p;
    if (v->direction.v == 2 && (last == '1' || last == '2'))
        *(verdict *)out = (verdict){{PN_GATE_BYE}, seat, ""};
    else if (v->gate == 2 && last == '1')
        *(verdict *)out = (verdict){{PN_GATE_OTHER}, seat, ""};
    else if (last == '1' || (last == '3' && v->doc))
        *(verdict *)out = (verdict){{PN_GATE_OK}, seat, ""};
    else if (last == '2')
        *(verdict *)out = (verdict){{PN_GATE_DUPLICATE}, seat, "18:40:02 @ 1"};
    else if (last == '3')
        *(verdict *)out = (verdict){{PN_GATE_DOCUMENT}, seat, ""};
    else
        *(verdict *)out = (verdict){{PN_GATE_UNKNOWN}, "", ""};
    return 0;
}

static int let_in(pn *p, const void *in, void *out)
{
    (void)p;
    (void)in;
    *(verdict *)out = (verdict){{PN_GATE_OK}, "", ""};
    return 0;
}

static void make_gate(pn *p, int64_t parent, int64_t i, void *row)
{
    (void)p;
    (void)parent;
    *(gate *)row = (gate){i + 1, i ? "S1" : "N1", i ? "South entrance" : "North entrance", "主馆"};
}

static const pn_list_spec gates = {2, make_gate, NULL, NULL};
OP(op_verify, "gate", "verify", N_("Verify a ticket"), .in = &verify_t, .out = &verdict_t,
   .run = verify, .flags = PN_WRITE);
OP(op_let, "gate", "override", N_("Let somebody in"), .in = &let_t, .out = &verdict_t,
   .run = let_in, .flags = PN_WRITE);
OP(op_gates, "gate", "list", N_("List gates"), .in = &pn_list_t, .out = &gate_t, .list = &gates);
const pn_module sandbox_gate = {"gate", N_("Gate"),
                                PN_LIST(pn_op, &op_verify, &op_let, &op_gates)};
