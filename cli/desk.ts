/** `msp desk`: serves the off-boarding desk in this process until it is told to stop. */
import { type Environment, STREAMS, serveDesk, type Voice } from "../desk/main";

const HELP = `Usage: msp desk

Serves the off-boarding desk until Ctrl-C. It is configured by the environment:
  MSP_DESK_DATA         folder of its records (.msp/desk); for trying out
  DATABASE_URL          PostgreSQL instead of that folder; what production demands
  MSP_DESK_HOST         address to listen on (127.0.0.1)
  MSP_DESK_PORT         port to listen on (0: a free one)
  MSP_DESK_CALENDARS    YAML or JSON file with the working calendars
  MSP_DESK_ADMIN_TOKEN  first admin token; without it one is made and put into a file`;

/** Runs the command with what follows its name; resolves to the exit code. */
export async function runDesk(argv: readonly string[], env: Environment, voice: Voice = STREAMS): Promise<number> {
  if (argv.includes("--help") || argv.includes("-h")) {
    voice.say(HELP);
    return 0;
  }
  if (argv.length > 0) {
    voice.complain(`msp desk takes no arguments.\n\n${HELP}`);
    return 2;
  }
  return serveDesk(env, voice);
}
