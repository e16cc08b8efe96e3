#!/usr/bin/env node
/** The `msp` command. Each command is loaded when it is called, so that help stays quick. */
import { Command } from "commander";
import { isProviderError } from "../provider/errors";
import { VERSION } from "../provider/version";

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

program.parseAsync().catch((error: unknown) => {
  console.error(isProviderError(error) ? `error: ${error.message}` : error);
  process.exitCode = 1;
});
