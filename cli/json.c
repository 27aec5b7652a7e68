/* SPDX-License-Identifier: Apache-2.0 */
/* json.c — compact JSON made readable: two spaces a level. The library wrote it, so it is valid;
 * only strings need care, because they may hold brackets. */
#include "cli.h"

static void newline(FILE *out, int depth)
{
    fprintf(out, "\n%*s", depth * 2, "");
}

static size_t string(FILE *out, const char *text, size_t len, size_t at)
{
    size_t end = at + 1;
    while (end < len && text[end] != '"')
        end += text[end] == '\\' ? 2 : 1;
    end = end < len ? end + 1 : len;
    fwrite(text + at, 1, end - at, out);
    return end;
}

void cli_json_pretty(FILE *out, const char *text, size_t len, int depth)
{
    for (size_t i = 0; i < len;) {
        char ch = text[i];
        if (ch == '"') {
            i = string(out, text, len, i);
            continue;
        }
        i++;
        if (ch == ' ' || ch == '\n' || ch == '\t' || ch == '\r')
            continue;
        if (ch == '{' || ch == '[') {
            fputc(ch, out);
            while (i < len && (text[i] == ' ' || text[i] == '\n'))
                i++;
            if (i < len && (text[i] == '}' || text[i] == ']')) {
                fputc(text[i++], out);
                continue;
            }
            newline(out, ++depth);
        } else if (ch == '}' || ch == ']') {
            newline(out, --depth);
            fputc(ch, out);
        } else if (ch == ',') {
            fputc(ch, out);
            newline(out, depth);
        } else {
            fputc(ch, out);
            if (ch == ':')
                fputc(' ', out);
        }
    }
}
