/* SPDX-License-Identifier: Apache-2.0 */
/* manual.c — piaoniu(1), whose keys are the key table. */
#include "config.h"
#include "app.h"

#include <string.h>

void manual_print(FILE *out);

static const char head[] =
    ".TH PIAONIU 1 \"\" \"piaoniu\" \"Piaoniu\"\n"
    ".SH NAME\npiaoniu \\- the console of Piaoniu\n"
    ".SH SYNOPSIS\n.B piaoniu\n[\\fIOPTION\\fR]... [\\fICOMMAND\\fR]...\n"
    ".SH DESCRIPTION\n"
    "Shows, orders, the counter and the gate in a terminal of at least 40 by 10;\n"
    "made for 80 by 24 and more. What a person sees are the operations that person may call.\n"
    "\\fICOMMAND\\fR is what can be typed after \\(lq:\\(rq: a noun, a verb and columns, as\n"
    ".BR pn (1)\ntakes them (\\fBorder list status=PAID\\fR). Without a terminal use\n"
    ".BR pn (1)\nor \\fB\\-\\-plain\\fR.\n"
    ".SH OPTIONS\n"
    ".TP\n\\fB\\-c\\fR, \\fB\\-\\-conf\\fR \\fIFILE\\fR\n"
    "configuration instead of the usual places\n"
    ".TP\n\\fB\\-t\\fR, \\fB\\-\\-token\\-file\\fR \\fIFILE\\fR\nsign in with the token in FILE\n"
    ".TP\n\\fB\\-\\-theme\\fR \\fINAME\\fR\ndark, light, high\\-contrast, colour\\-blind, night "
    "or mono; without a background of its own\n"
    "a theme keeps the one of the terminal. Any other name is a file: see THEMES\n"
    ".TP\n\\fB\\-\\-keymap\\fR \\fIFILE\\fR\n"
    "keys of one's own, instead of \\fI$XDG_CONFIG_HOME/piaoniu/keymap\\fR\n"
    ".TP\n\\fB\\-\\-till\\fR \\fINAME\\fR\n"
    "the till of this counter; \\fBpiaoniu display \\-\\-till \\fINAME\\fR on a second terminal or "
    "another\nmachine is the customer's screen: what is in the sale, what is to pay, the change. "
    "It needs\na token whose account may call \\fBtill show\\fR, and takes no keys but those that "
    "end it\n"
    ".TP\n\\fB\\-\\-scanner\\fR \\fIDEVICE\\fR\n"
    "a scanner that is no keyboard of this terminal: a serial line (\\fI/dev/ttyACM0\\fR), or\n"
    "\\fI/dev/input/event3\\fR, which is then read by the console alone. No input method comes\n"
    "between; unplugged, it is looked for until it is back\n"
    ".TP\n\\fB\\-\\-plain\\fR\nprint the screen as text, one fact per line, and leave:\n"
    "where one is, as whom, all that the screen shows and the rows beyond it, the question that\n"
    "is open. What was begun by keys is waited for\n"
    ".TP\n\\fB\\-\\-json\\fR\nthe same facts as JSON: names as\n"
    ".BR pn (1)\nhas them, every value a string\n"
    ".TP\n\\fB\\-\\-keys\\fR \\fIKEYS\\fR\nwith \\fB\\-\\-plain\\fR or \\fB\\-\\-json\\fR: "
    "press these keys first, each after the one before\nwas answered (\\fB2 Down Enter\\fR)\n"
    ".TP\n\\fB\\-h\\fR, \\fB\\-\\-help\\fR; \\fB\\-V\\fR, \\fB\\-\\-version\\fR\n"
    "a summary; the version\n"
    ".SH KEYS\nEvery action also has a key that works while an input method is on.\n";

static const char tail[] =
    ".SH FIRST SCREEN\nToday stands beside yesterday and the day a week ago as they were at this "
    "time of day.\nWhat waits for somebody is counted by the lists themselves, what waits longest "
    "first; then come\nthe sessions of the day and what was done just now. Enter opens what is "
    "behind the cursor,\nTab goes to the next area. Merchants see their part of the sale.\n"
    ".SH FINDING\n.B C\\-p\nfinds screens, what can be done, commands of before and things, by any "
    "part of their\nname, in pinyin or by its initials (\\fBzjl\\fR finds 周杰伦): shows, venues,\n"
    "merchants, orders, seckills and views that were kept. What is printed on paper leads\n"
    "straight to what it is of: \\fBPN\\fR and its digits to the order, \\fBTP\\fR to the ticket,\n"
    "\\fBTK\\fR to the refund. The last four digits of a telephone find its orders; a kept view\n"
    "opens its list with its filter. Each entry shows the command that it is.\n"
    ".SH LISTS\n\\fB:settings\\fR decides how rows stand, close together or with a blank line\n"
    "between; a short screen puts them close together all the same. A column that says the same\n"
    "in every row, as the merchant to a merchant, is left out until columns are chosen "
    "(\\fBc\\fR).\nWhat is typed before the rows are there (\\fB3 l\\fR) is done with the first of "
    "them when they\ncome.\n"
    ".SH FORMS\nA field that names a row of a list takes its number.\n.B F2\ngoes through that "
    "list, or through what the words in the field find in it. The answer is\nshown with the rows "
    "in it, as the lines of a file that were refused; the arrows move in it,\nkeys of every screen "
    "do there what they always do, any other goes back.\n"
    "The form of a change of a show, a session or a tier says whom it meets: tickets sold, orders\n"
    "not paid yet, offers and channels, as whoever approves it will see; so do cells that are "
    "typed\nover. A field that takes a file has its path; what is no text, as a scanned paper, "
    "goes as it is.\n"
    ".SH GATE\nThe verdict is drawn as large as the screen allows: a word, a colour, a straight "
    "or a barred\nborder, and the bell for a refusal. A gate that says which gate it is refuses "
    "tickets of other\nentrances; the other way people are let out.\n"
    ".SH MANY ROWS\nWhat is done to marked rows is planned first: each row is tried, and what\n"
    "cannot be done says why. What it takes besides the row, an answer or a quantity, is asked\n"
    "for once and is the same for all. Enter lets the server do it, row by row; the screen may\n"
    "be left and the console closed, it goes on.\n.B J\nshows such work, with what became of each\n"
    "row; there it is stopped, and taken back for some minutes where something takes it back.\n"
    ".SH SAFETY\n"
    "The top line says where one works (\\fBenvironment\\fR in\n.BR piaoniu.yaml (5))\n"
    "and as what; production stands out. What is dangerous is tried first: what cannot be\n"
    "done is not asked, and the question says what it comes to, where, and to which row. A\n"
    "scanner's Enter answers no question, types no sum and sends no form: a scan fills in\n"
    "commands and fields and runs filters. A form that is left before it was sent keeps what\n"
    "was typed, but for secrets, until somebody else signs in: the same form of the same row\n"
    "opens with it. Quitting asks while there is such a draft; signing in again leaves\n"
    "everything open. A file that is there is written over only after a yes.\n"
    ".SH LIVE DATA\n"
    "What others change is shown where it stands:\n.B ~\nat the left edge marks a row that has "
    "just changed,\n.B \\-\na row that is no longer of this list. New rows are only counted; no "
    "row moves until\n.B r\nis pressed. When the database does not answer, or cannot be reached, "
    "the top line says so\nand how old the data is; it is tried again until it answers. What is "
    "being typed stays.\n"
    ".SH KEYMAP\nOne action a line: \\fISCOPE ACTION\\fB = \\fIKEYS\\fR, where the scope is a\n"
    "heading above in one word (all, list, detail, menu, form, counter, gate, plan, grid, map,\n"
    "palette, board) and the action the name below its keys. A key that something else in that\n"
    "scope has, and an action left without a key that works under an input method, are refused.\n"
    ".PP\n.nf\nlist sort = t F6\nall quit = Q C\\-c\n.fi\n"
    ".SH THEMES\nA theme of one's own is a file in \\fI$XDG_CONFIG_HOME/piaoniu/themes\\fR, or "
    "anywhere when its path is\ngiven; \\fB:theme\\fR \\fINAME\\fR takes it, a mistake is told "
    "with its line and column. \\fBbase\\fR names the\ntheme it begins with. A line is "
    "\\fINAME\\fB = \\fICOLOUR\\fR [\\fBon\\fR \\fICOLOUR\\fR] [\\fBbold\\fR] [\\fBdim\\fR] "
    "[\\fBunderline\\fR] [\\fBreverse\\fR].\nColours are black, red, green, yellow, blue, "
    "magenta, cyan and white, bright\\-red and so on,\n0 to 255, #rrggbb, and default for that of "
    "the terminal. On eight colours the nearest is taken.\nThe names: ";

static const char after_themes[] =
    ".\n.PP\n.nf\nbase = dark\nbar = black on #ffaf5f bold\ngood = bright\\-green\n.fi\n"
    ".SH ENVIRONMENT\n"
    ".TP\n\\fBNO_COLOR\\fR\nno colours when not empty\n"
    ".TP\n\\fBPN_THEME\\fR\nthe theme, when \\fB\\-\\-theme\\fR says nothing\n"
    ".TP\n\\fBPN_TOKEN\\fR\na login token, before the kept one\n"
    ".SH FILES\n"
    ".TP\n\\fI$XDG_CONFIG_HOME/piaoniu/token\\fR\nthe login, shared with\n.BR pn (1)\n"
    ".TP\n\\fI$XDG_CONFIG_HOME/piaoniu/console\\fR\nwhat \\fB:settings\\fR keeps, a line "
    "each: \\fBtheme\\fR, \\fBlanguage\\fR (zh_CN, en),\n\\fBroom\\fR (a digit), "
    "\\fBpane = yes\\fR and \\fBdensity = comfortable\\fR\n"
    ".SH SEE ALSO\n.BR pn (1),\n.BR piaoniu.yaml (5)\n";

static void put_roff(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '-' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
}

static const struct { const char *who, *text, *keys; int budget; } week[] = {
#define TASK(who, text, budget, keys, shows) {#who, text, keys, budget},
#include "week.def"
#undef TASK
};

/* What is waited for is no key; what is known by heart stands in capitals. */
static void put_keys(FILE *out, const char *keys)
{
    bool wait = false;
    for (; *keys; keys++) {
        wait |= *keys == '<';
        if (!wait && !strchr("{}", *keys) && !(*keys == ' ' && keys[1] == '<'))
            put_roff(out, (char[]){*keys, 0});
        wait &= *keys != '>';
    }
}

static void put_week(FILE *out)
{
    fputs(".SH A WEEK OF WORK\nWhat people do most, from the first screen on; the tests replay it\n"
          "and count the keys.\n", out);
    for (size_t i = 0; i < sizeof week / sizeof *week; i++) {
        if (!i || strcmp(week[i].who, week[i - 1].who) != 0)
            fprintf(out, ".SS %s\n", week[i].who);
        fprintf(out, ".TP\n%s (at most %d keys)\n\\fB", week[i].text, week[i].budget);
        put_keys(out, week[i].keys);
        fputs("\\fR\n", out);
    }
}

void manual_print(FILE *out)
{
    fputs(".\\\" SPDX-License-Identifier: Apache-2.0\n", out);
    fputs(".\\\" Written by make console-page: do not edit.\n", out);
    fputs(head, out);
    for (int scope = 0; scope < SCOPES; scope++) {
        if (scope != SCOPE_DISPLAY)
            fprintf(out, ".SS %s\n", keys_scope_title((tui_scope)scope));
        for (const struct tui_key *k = tui_keys; k->keys; k++) {
            if (k->scope != (tui_scope)scope)
                continue;
            fputs(".TP\n\\fB", out);
            put_roff(out, k->keys);
            fputs("\\fR\n", out);
            put_roff(out, k->help);
            fprintf(out, ".\n(%s)\n", k->name);
        }
    }
    put_week(out);
    fputs(tail, out);
    themefile_names(out);
    fputs(after_themes, out);
}
