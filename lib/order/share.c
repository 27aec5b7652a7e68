/* SPDX-License-Identifier: Apache-2.0 */
/* share.c — dividing money to the fen, so that parts always sum to the whole (I06, I07). */
#include "order/order_int.h"

/* a·b/c rounded down with the remainder, without overflow of the product. */
static int64_t muldiv(int64_t a, int64_t b, int64_t c, int64_t *rest)
{
    __int128 product = (__int128)a * b;
    *rest = (int64_t)(product % c);
    return (int64_t)(product / c);
}

/* The weight of the next fen's owner: the largest remainder not served yet, lowest index first. */
static size_t largest(const int64_t *weight, int64_t total, int64_t sum, const bool *served,
                      size_t n)
{
    size_t best = n;
    int64_t most = -1;
    for (size_t i = 0; i < n; i++) {
        int64_t rest;
        muldiv(total, weight[i], sum, &rest);
        if (!served[i] && rest > most) {
            most = rest;
            best = i;
        }
    }
    return best;
}

void pni_apportion(int64_t total, const int64_t *weight, size_t n, int64_t *share)
{
    enum { MOST = 4096 };
    bool served[MOST] = {false};
    int64_t sum = 0, given = 0;
    for (size_t i = 0; i < n; i++)
        sum += weight[i];
    for (size_t i = 0; i < n; i++) {
        int64_t rest;
        share[i] = sum > 0 ? muldiv(total, weight[i], sum, &rest) : 0;
        given += share[i];
    }
    if (sum <= 0 && n > 0) { /* nothing weighs anything: the first takes it */
        share[0] = total;
        return;
    }
    for (; given < total && n <= MOST; given++) {
        size_t i = largest(weight, total, sum, served, n);
        if (i == n)
            break;
        served[i] = true;
        share[i]++;
    }
}
