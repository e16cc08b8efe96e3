import { expect } from "chai";
import { CREDENTIAL_KEYS } from "../../../provider/hosts/configured";
import { createSession } from "../../../provider/hosts/session";
import { thrown } from "../../support/thrown";
import { manualClock, steadyRandom } from "../http/manual-clock";

const CONNECTIONS = JSON.stringify({ portal: { platform: "armourzero", account: "Example MSP" } });

describe("a credential in the configuration", () => {
  const sessionWith = (config: Readonly<Record<string, string>>) =>
    createSession({
      settings: (key) => ({ connections: CONNECTIONS, ...config })[key],
      env: {},
      cwd: "/",
      clock: manualClock(),
      random: steadyRandom,
      log: () => undefined,
    });

  for (const key of CREDENTIAL_KEYS) {
    it(`is refused as msp:${key}, before anything is sent and without its value`, async () => {
      const session = sessionWith({ [key]: "hunter2-of-the-platform" });
      const refusal = await thrown("validation", session.write("portal", "fleet/acme::jane"));
      expect(refusal.message).to.contain(`msp:${key} is configured`).and.contain(`pulumi config rm msp:${key}`);
      expect(session.checkContext("portal")).to.equal(refusal.message);
      expect(refusal.message).to.not.contain("hunter2");
    });
  }

  it("is none where the configuration has names and addresses only", () => {
    expect(sessionWith({ deskUrl: "http://127.0.0.1:1", reason: "The contract has ended" }).checkContext("portal"))
      .to.be.an("object")
      .with.property("connectionName", "portal");
  });
});
