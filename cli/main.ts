#!/usr/bin/env node
/** The `msp` command. Each command is loaded when it is called, so that help stays quick. */
import { Command } from "commander";
import { isProviderError } from "../provider/errors";
import { VERSION } from "../provider/version";
import type { ConfirmOptions, MergeOptions } from "./account";

const program = new Command("msp")
  .description("Verified off-boarding for managed service providers.")
  .version(VERSION)
  .showHelpAfterError();

program
  .command("desk")
  .description(
    "Run the off-boarding desk. Settings: MSP_DESK_DATA, DATABASE_URL, MSP_DESK_HOST, MSP_DESK_PORT, MSP_DESK_CALENDARS, MSP_DESK_ADMIN_TOKEN.",
  )
  .allowUnknownOption()
  .allowExcessArguments()
  .action(async (_options, command: Command) => {
    const { runDesk } = await import("./desk.js");
    process.exitCode = await runDesk(command.args, process.env);
  });

program
  .command("sandbox")
  .description(
    "Run Trend Micro's LMPI as a local server, for trying the product without an account: --port, --data, --reading name=value.",
  )
  .allowUnknownOption()
  .allowExcessArguments()
  .action(async (_options, command: Command) => {
    const { runSandbox } = await import("../sandbox/main.js");
    await runSandbox({ argv: command.args, env: process.env, print: (line) => console.log(line) });
  });

program
  .command("people")
  .description("Play the people of a platform that has no API, right or wrong: `msp people --help`.")
  .usage("<armourzero|clp> <act> ...")
  .helpOption(false)
  .allowUnknownOption()
  .allowExcessArguments()
  .action(async (_options, command: Command) => {
    const { runPeople } = await import("../sandbox/main.js");
    await runPeople({ argv: command.args, env: process.env, print: (line) => console.log(line) });
  });

program
  .command("settle")
  .description("Carry out what is verified and a platform's API can do, read it back, and confirm it at the desk.")
  .option("--stack <name>", "the stack whose configuration names the connections")
  .action(async (options: { readonly stack?: string }) => {
    const { runSettle } = await import("./settle.js");
    process.exitCode = await runSettle(options.stack);
  });

program
  .command("recover")
  .description(
    "After a run was killed: clear its lock, if the process is dead, and the operations that it left pending.",
  )
  .option("--stack <name>", "the stack; without it, the selected one")
  .option("--cwd <folder>", "the Pulumi project; without it, this folder")
  .action(async (options: { readonly stack?: string; readonly cwd?: string }) => {
    const { runRecover } = await import("./recover.js");
    await runRecover(options);
  });

const account = program
  .command("account")
  .description(
    "Say whose an account is, where its credentials can't show it: as an admin or operator of the desk, by MSP_DESK_TOKEN.",
  );

account
  .command("confirm")
  .description("These ids are of this account; with --empty, it shows nothing and is the same.")
  .argument("<account>", "its id, as the refusal names it")
  .argument("[ids...]", "ids of objects that are its own")
  .requiredOption("--reason <text>", "how you know; it is kept in the audit log")
  .option("--empty", "it shows nothing")
  .option("--from <account>", "the account that the ids have moved from")
  .action(async (id: string, ids: readonly string[], options: ConfirmOptions) => {
    const { runAccountConfirm } = await import("./account.js");
    await runAccountConfirm(id, ids, options);
  });

account
  .command("merge")
  .description("This account is a part of another now: what was written to it is found there.")
  .argument("<account>", "the account that is no more")
  .requiredOption("--into <account>", "the account that has its objects now")
  .requiredOption("--reason <text>", "how you know; it is kept in the audit log")
  .action(async (id: string, options: MergeOptions) => {
    const { runAccountMerge } = await import("./account.js");
    await runAccountMerge(id, options);
  });

program.parseAsync().catch((error: unknown) => {
  console.error(isProviderError(error) ? `error: ${error.message}` : error);
  process.exitCode = 1;
});
