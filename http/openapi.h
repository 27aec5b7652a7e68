/* SPDX-License-Identifier: Apache-2.0 */
/* openapi.h — the OpenAPI 3.1 document, made from the tables. */
#ifndef HTTP_OPENAPI_H
#define HTTP_OPENAPI_H

#include "site.h"

/** Append the document. Texts are the English msgids, so it does not depend on the language. */
void http_openapi(const http_routes *routes, http_text *t);

#endif
