/* SPDX-License-Identifier: Apache-2.0 */
/* reply.h — answers: JSON, problems (RFC 9457), entity tags, the headers every answer carries. */
#ifndef HTTP_REPLY_H
#define HTTP_REPLY_H

#include "base/err.h"
#include "server.h"
#include "text.h"

typedef struct http_problem {
    int status;
    const char *code;                  /* "STOCK" */
    const char *title;                 /* the general sentence */
    const char *detail, *field, *hint; /* may be NULL */
    int retry_s; /* when to come back; 0: the usual, if the status asks for it */
} http_problem;

/** The answer: `type` names the content and stays until the request is done (NULL: the caller adds
 *  the header), `text` is emptied into it. */
void http_reply(http_request *r, int status, const char *type, http_text *text);
/** Copy of `body`. */
void http_reply_json(http_request *r, int status, const char *body, size_t len);
void http_reply_problem(http_request *r, const http_problem *problem);
/** A failure of the library, in the words of its table. */
void http_reply_error(http_request *r, const pn_err *err);
/** Tag the answer with a hash of its body; when the client already has it, say only that (304). */
void http_reply_tagged(http_request *r);
/** The same with a tag that is known. */
void http_reply_tag(http_request *r, const char *tag);

#endif
