/* SPDX-License-Identifier: Apache-2.0 */
/* language.h — in which language a request is answered. */
#ifndef HTTP_LANGUAGE_H
#define HTTP_LANGUAGE_H

#include "server.h"

/** Have the words of all languages at hand; those of the environment are for whoever does not ask.
 *  Before any thread is started. */
void http_language_open(void);
/** "zh-CN" or "en": what the request likes best (Accept-Language), else the environment's. */
const char *http_language_of(const http_request *r);
/** The same for a header's text, NULL for none. */
const char *http_language_pick(const char *accept);
/** Words of this thread are the request's from now on. */
void http_speak(const http_request *r);

#endif
