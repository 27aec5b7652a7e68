/* SPDX-License-Identifier: Apache-2.0 */
/* sign KEYFILE METHOD NOTICE PAYMENT PROVIDER_NO FEN: the signature that a provider would put under
 * its notice, made here once more, so that the service does not judge itself. */
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { KEY = 32 };

int main(int argc, char **argv)
{
    char hex[KEY * 2 + 1] = "", text[500], out[KEY * 2 + 1];
    unsigned char key[KEY], mac[KEY];
    size_t len = 0;
    FILE *f = argc == 7 ? fopen(argv[1], "r") : NULL;
    bool read = f && fgets(hex, sizeof hex, f);
    if (f)
        fclose(f);
    if (!read || sodium_init() < 0 ||
        sodium_hex2bin(key, KEY, hex, strlen(hex), NULL, &len, NULL) || len != KEY) {
        fprintf(stderr, "usage: sign KEYFILE METHOD NOTICE PAYMENT PROVIDER_NO FEN\n");
        return 2;
    }
    int n = snprintf(text, sizeof text, "payment.notice.%s\x1f%s|%s|%s|%s|%s", argv[2], argv[2],
                     argv[3], argv[4], argv[5], argv[6]);
    crypto_generichash(mac, KEY, (const unsigned char *)text, (size_t)n, key, KEY);
    puts(sodium_bin2hex(out, sizeof out, mac, KEY));
    return 0;
}
