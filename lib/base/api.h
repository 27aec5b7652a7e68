/* SPDX-License-Identifier: Apache-2.0 */
/* api.h — what every public header opens with: visibility, attributes, the C++ bracket. */
#ifndef PN_API_H
#define PN_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define PN_BEGIN extern "C" { _Pragma("GCC visibility push(default)")
#define PN_END _Pragma("GCC visibility pop") }
#else
#define PN_BEGIN _Pragma("GCC visibility push(default)")
#define PN_END _Pragma("GCC visibility pop")
#endif

/** The result must be looked at: 0 is success, else a pn_code whose words are in the unit. */
#define PN_MUST __attribute__((warn_unused_result))
#define PN_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
/** Marks a string for translation without translating it here (tables are static). */
#define N_(text) text

/** Return early when a call failed; the unit already holds the words. */
#define PN_TRY(call)                                                                               \
    do {                                                                                           \
        int pn_try_rc_ = (call);                                                                   \
        if (pn_try_rc_)                                                                            \
            return pn_try_rc_;                                                                     \
    } while (0)

/** A list of pointers ended by NULL, for module tables. */
#define PN_LIST(type, ...) ((const type *const[]){__VA_ARGS__, NULL})

#endif
