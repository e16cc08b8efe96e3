import { expect } from "chai";
import { runDesk } from "../../cli/desk";

async function run(...argv: readonly string[]) {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await runDesk(argv, {}, { say: (line) => said.push(line), complain: (line) => complained.push(line) });
  return { code, said: said.join("\n"), complained: complained.join("\n") };
}

describe("msp desk", () => {
  it("explains every setting", async () => {
    const { code, said } = await run("--help");
    expect(code).to.equal(0);
    for (const name of [
      "MSP_DESK_DATA",
      "DATABASE_URL",
      "MSP_DESK_HOST",
      "MSP_DESK_PORT",
      "MSP_DESK_CALENDARS",
      "MSP_DESK_ADMIN_TOKEN",
    ]) {
      expect(said).to.contain(name);
    }
  });

  it("refuses arguments, which it has none of", async () => {
    const { code, complained } = await run("--port", "80");
    expect(code).to.equal(2);
    expect(complained).to.contain("takes no arguments").and.contain("MSP_DESK_PORT");
  });
});
