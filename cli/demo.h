/* SPDX-License-Identifier: Apache-2.0 */
/* demo.h — what `pn demo load` and `pn demo start` share. */
#ifndef PN_CLI_DEMO_H
#define PN_CLI_DEMO_H

#include "cli.h"

/** One account a role; the first is the administrator. */
typedef struct cli_account { const char *login, *role, *name; } cli_account;
extern const cli_account cli_accounts[];

/** Accounts and season, each only when missing. */
int cli_demo_load(cli *c);
/** Sign this unit in as a demo account; its token stays in the state folder. */
int cli_demo_sign_in(cli *c, const char *login);
int cli_demo_password(cli *c, const char *login, char *password, size_t size);
int cli_demo_call(cli *c, const char *noun, const char *verb, const char *const flags[][2],
                  void **out);
/** A file of the state folder; unit memory. */
const char *cli_demo_path(cli *c, const char *name);
/** Open the sales, furnish the halls, take orders: after the season is published. */
int cli_demo_sales(cli *c);

int cli_cmd_demo(cli *c);

#endif
