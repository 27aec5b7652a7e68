/* SPDX-License-Identifier: Apache-2.0 */
/* hook.c — the places where lib/ticket hangs itself into the sale. */
#include "hook_int.h"

int (*pni_order_issue_hook)(pn *p, int64_t order_id);
int (*pni_ticket_void_hook)(pn *p, int64_t order_id, const int *seats, size_t n);
int (*pni_ticket_refundable_hook)(pn *p, int64_t order_id, const int *seats, size_t n);
