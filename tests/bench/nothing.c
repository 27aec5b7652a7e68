/* SPDX-License-Identifier: Apache-2.0 */
/* nothing.c — a program like /bin/true, linked to what `pn` is linked to: what starting costs
 * before a line of ours has run. */
#include "base/err.h"

int main(void)
{
    return pn_code_exit(PN_OK);
}
