/* SPDX-License-Identifier: Apache-2.0 */
/* fakes.h — the fakes of fake/, as processes of their own. They end with the test. */
#ifndef PN_TESTS_LINK_FAKES_H
#define PN_TESTS_LINK_FAKES_H

#include "rig.h"

/** Is there a node to run them with? */
bool fakes_there(void);
/** Start one; secrets and environment of the connector are set to fit it. */
void fake_start(const char *name);
void fakes_stop(void);
/** Ask a fake something; the answer is a document. */
const pni_doc *fake(const char *name, const char *tool, const char *fmt, ...) PN_PRINTF(3, 4);
const char *doc_text(const pni_doc *d, const char *path);
/** The notice in a tool's answer, as it would arrive. */
pni_inbound fake_notice(const pni_doc *d);

#endif
