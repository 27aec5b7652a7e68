/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c — the one-word commands, in the order help shows them. What is a table elsewhere is
 * one here too: help, completion and the manual read it. A command without a sentence is private.
 */
#include "cli.h"
#include "demo.h"

#include <string.h>

const cli_command cli_commands[] = {
    {"login", "[LOGIN]", N_("Sign in and keep the token"),
     N_("Asks for the password, and for the code of the second factor when the account has one.\n"
        "--password-file FILE reads the password instead. The token is kept in\n"
        "$XDG_CONFIG_HOME/piaoniu/token, or in --token-file."),
     cli_cmd_login, .noun = "auth", .verb = "login"},
    {"logout", "", N_("Revoke the token and forget it"), NULL, cli_cmd_logout},
    {"whoami", "", N_("Show who is signed in"), NULL, cli_cmd_whoami},
    {"up", "", N_("Make and start the private database"), NULL, cli_cmd_up},
    {"down", "", N_("Stop the private database"),
     N_("--immediately breaks off what is running; the next start then takes longer."),
     cli_cmd_down, .in = &cli_down_t},
    {"status", "", N_("Show whether the private database runs"),
     N_("The exit status is 0 when it runs and 3 when it does not."), cli_cmd_status},
    {"doctor", "", N_("Explain what is wrong with this machine"), NULL, cli_cmd_doctor},
    {"init", "--login LOGIN --name NAME",
     N_("Prepare the database and make the first administrator"),
     N_("Starts the private database unless another one is configured, brings its schema up to\n"
        "date and makes the first account. The password is asked for, or --password-file FILE."),
     cli_cmd_init, .noun = "staff", .verb = "init"},
    {"migrate", "", N_("Bring the database's schema up to date"), NULL, cli_cmd_migrate},
    {"work", "", N_("Run jobs and deliver events until stopped"),
     N_("SIGTERM and SIGINT end it after the step under way. --once does what is due and ends."),
     cli_cmd_work, .in = &cli_work_t},
    {"verify", "", N_("Prove stock, money, tickets and the audit trail"),
     N_("Counts every figure again from the rows it stands for. The exit status is 1 when one of\n"
        "them does not add up."),
     cli_cmd_verify, .noun = "check", .verb = "run"},
    {"demo", "load|tour|start|stop", N_("A season to play with"),
     N_("load imports the demo season and makes an account for each role; their passwords are in\n"
        "demo-accounts.txt of the state folder. start also runs pn work and piaoniud in the\n"
        "background and opens the console, or without a terminal takes the tour. tour sells,\n"
        "prints, verifies and refunds through the public commands. stop ends it all."),
     cli_cmd_demo},
    {"printer simulate", "[--port N] [--dir DIR]",
     N_("Be a ticket printer, for training and tests"),
     N_("Prints \"port N\", then \"ticket FILE\" for each ticket. What the printer does not\n"
        "understand is refused and told on standard error, with its place in the bytes."),
     cli_cmd_simulate, .in = &cli_simulate_t},
    {"batch", "[FILE]", N_("Run JSON lines of operations, one result line each"),
     N_("Each line: {\"op\": \"order.submit\", \"in\": {…}, \"key\": \"…\"}. The results come in "
        "the\n"
        "same order. --many runs neighbours of one operation in one transaction. The exit status\n"
        "is not 0 when any line failed."),
     cli_cmd_batch, .in = &cli_batch_t},
    {"help", "[WORD]", N_("Search operations, columns and labels for a word"), NULL, cli_cmd_help},
    {"complete", "bash|zsh", N_("Print the completion script of a shell"),
     N_("For bash: source <(pn complete bash)"), cli_cmd_complete},
    {"manual", "[DIR]", N_("Write the manual pages into a directory"), NULL, cli_cmd_manual},
    {"version", "", N_("Print the version"), NULL, cli_cmd_version},
    {"__complete", "", NULL, NULL, cli_cmd_candidates},
    {0},
};

const cli_command *cli_command_find(const char *name)
{
    for (const cli_command *cmd = cli_commands; cmd->name; cmd++)
        if (!strcmp(cmd->name, name))
            return cmd;
    return NULL;
}

const pn_type *cli_command_in(const cli_command *cmd)
{
    const pn_op *op = cmd->noun ? pn_op_find(cmd->noun, cmd->verb) : NULL;
    return op ? op->in : cmd->in;
}

const cli_command *cli_command_find2(const char *noun, const char *verb)
{
    size_t n = strlen(noun);
    for (const cli_command *cmd = cli_commands; cmd->name; cmd++)
        if (!strncmp(cmd->name, noun, n) && cmd->name[n] == ' ' && !strcmp(cmd->name + n + 1, verb))
            return cmd;
    return NULL;
}

int cli_cmd_version(cli *c)
{
    (void)c;
    puts("piaoniu " PN_VERSION);
    return 0;
}

int cli_cmd_help(cli *c)
{
    cli_args a = {0};
    int rc = cli_args_read(c, &a, 2);
    if (rc)
        return rc;
    if (!a.n_words)
        return cli_help_all(stdout), 0;
    const cli_command *cmd = cli_command_find(a.words[0]);
    const pn_module *m = cli_module(a.words[0]);
    const pn_op *op = a.n_words > 1 ? pn_op_find(a.words[0], a.words[1]) : NULL;
    if (op)
        return cli_help_op(stdout, op), 0;
    if (a.n_words == 1 && cmd)
        return cli_help_command(stdout, cmd), 0;
    if (a.n_words == 1 && m)
        return cli_help_noun(stdout, m), 0;
    return cli_help_search(c, a.words[a.n_words - 1]);
}
