/* SPDX-License-Identifier: Apache-2.0 */
/* rig.h — a process without a database, a folder of its own, connectors written on the spot. */
#ifndef PN_TESTS_LINK_RIG_H
#define PN_TESTS_LINK_RIG_H

#include "link/engine_int.h"
#include "main_int.h"

extern pn_ctx *rig_ctx;
extern pn *rig_p; /* tests of the engine alone call it p */
extern char rig_folder[];

/** `more` is added to piaoniu.yaml. */
void rig_open(const char *more);
void rig_setup(void);
void rig_teardown(void);
/** A text file of the folder, for its owner alone; the path is valid until the next call. */
const char *rig_file(const char *name, const char *text);
/** A file of tests/link/vector as a secret of that name. */
void rig_secret(const char *name, const char *vector);
const char *rig_vector(const char *name);
pni_span rig_slurp(const char *path);
pni_pairs rig_pairs(const char *const *names_and_values);
#define PAIRS(...) rig_pairs((const char *const[]){__VA_ARGS__, NULL})

#ifndef ok
#define ok(call)                                                                                   \
    do {                                                                                           \
        int test_rc_ = (call);                                                                     \
        ck_assert_msg(!test_rc_, "%s: %s: %s", #call, pn_code_name((pn_code)test_rc_),             \
                      pn_error(p)->message);                                                       \
    } while (0)
#define fails(code, call)                                                                          \
    do {                                                                                           \
        int test_rc_ = (call);                                                                     \
        ck_assert_msg(test_rc_ == (code), "%s: expected %s, got %s: %s", #call,                    \
                      pn_code_name(code), pn_code_name((pn_code)test_rc_),                         \
                      test_rc_ ? pn_error(p)->message : "");                                       \
    } while (0)
#endif

#endif
