import { expect } from "chai";
import type { OffboardingRequest, Role } from "../../provider/generated/types";
import { TemporaryFolder } from "../support/folder";
import { ACCEPTED, type Caller, caller, leaving } from "./support/desk";
import { createDatabase } from "./support/postgres";
import { type DeskProcess, startDeskProcess } from "./support/process";

const ADMIN_TOKEN = "an-admin-token-of-the-test";
const CLIENTS = 6;

/** How far a request had come when somebody was told so. */
type Stage = "filed" | "verified" | "submitted" | "removed" | "completed";
const STAGES: readonly Stage[] = ["filed", "verified", "submitted", "removed", "completed"];

function stageOf(request: OffboardingRequest): Stage {
  if (request.state === "Completed") return "completed";
  if (request.state === "In Progress") return request.items[0]?.state === "removed" ? "removed" : "submitted";
  return request.verification === undefined ? "filed" : "verified";
}

/** What clients were told, over all rounds. */
class Ledger {
  readonly requests = new Map<string, Stage>();
  private told = 0;
  private reach: { readonly told: number; readonly then: () => void } | undefined;

  note(request: OffboardingRequest): void {
    this.requests.set(request.id, stageOf(request));
    this.told += 1;
    if (this.reach !== undefined && this.told >= this.reach.told) this.reach.then();
  }

  /** Once so many more answers have come; calls that are under way go on meanwhile. */
  after(answers: number): Promise<void> {
    return new Promise((then) => {
      this.reach = { told: this.told + answers, then };
    });
  }
}

interface Staff {
  readonly pipeline: string;
  readonly verifier: string;
  readonly operator: string;
}

/** Files leaving after leaving and takes each to its end, until the desk is gone. */
async function work(desk: DeskProcess, staff: Staff, name: string, ledger: Ledger): Promise<void> {
  const pipeline = caller(desk.url, staff.pipeline);
  const verifier = caller(desk.url, staff.verifier);
  const operator = caller(desk.url, staff.operator);
  const tell = async (as: Caller, path: string, body: unknown) => {
    const request = await as.post(path, body);
    ledger.note(request);
    return request;
  };
  try {
    for (let i = 0; ; i++) {
      const { id } = await tell(pipeline, "/v1/requests", leaving(`${name}-${i}@example.com`, "ShieldOne"));
      await tell(verifier, `/v1/requests/${id}/verify`, ACCEPTED);
      await tell(operator, `/v1/requests/${id}/submit`, {});
      await tell(operator, `/v1/requests/${id}/items/1/removed`, {});
      await tell(operator, `/v1/requests/${id}/items/1/confirm`, { evidence: { kind: "attested", text: "gone" } });
    }
  } catch (error) {
    // The desk was killed. Anything that it said, and any mistake of ours, is a failure of the test.
    if (!isBrokenConnection(error)) throw error;
  }
}

/** What fetch throws for a broken connection is a TypeError like any mistake of ours; only its cause tells. */
function isBrokenConnection(error: unknown): boolean {
  const cause = error instanceof TypeError ? (error.cause as { readonly code?: string } | undefined) : undefined;
  return /^(ECONNRESET|ECONNREFUSED|EPIPE|UND_ERR_SOCKET)$/.test(cause?.code ?? "");
}

async function grantStaff(desk: DeskProcess): Promise<Staff> {
  const admin = caller(desk.url, ADMIN_TOKEN);
  const grant = async (email: string, role: Role) =>
    (await admin.post<{ token: string }>("/v1/tokens", { person: { email }, kind: "person", roles: [role] })).token;
  return {
    pipeline: await grant("pipeline@example.com", "requester"),
    verifier: await grant("vera@example.com", "verifier"),
    operator: await grant("olga@example.com", "operator"),
  };
}

/** Compares everything that was ever acknowledged with what is there. */
async function check(desk: DeskProcess, ledger: Ledger): Promise<void> {
  const admin = caller(desk.url, ADMIN_TOKEN);
  const found = new Map<string, OffboardingRequest>();
  for (let cursor: string | undefined = "999999999"; cursor !== undefined; ) {
    const page: { items: OffboardingRequest[]; nextCursor?: string } = await admin.get(
      `/v1/requests?limit=200&cursor=${cursor}`,
    );
    for (const request of page.items) found.set(request.id, request);
    cursor = page.nextCursor;
  }
  for (const [id, told] of ledger.requests) {
    const request = found.get(id);
    expect(request, `${id} was acknowledged as ${told}`).not.to.equal(undefined);
    if (request === undefined) continue;
    expect(
      STAGES.indexOf(stageOf(request)),
      `${id} was acknowledged as ${told} and is ${stageOf(request)}`,
    ).to.be.at.least(STAGES.indexOf(told));
  }
  const verdict = await admin.get<{ ok: boolean; count: number }>("/v1/audit/verify");
  expect(verdict).to.deep.include({ ok: true });
  // Each acknowledged stage left its record.
  const records = [...ledger.requests.values()].reduce((sum, stage) => sum + STAGES.indexOf(stage) + 1, 0);
  expect(verdict.count).to.be.at.least(records);
}

async function killRounds(rounds: number, env: Readonly<Record<string, string>>): Promise<void> {
  const ledger = new Ledger();
  let staff: Staff | undefined;
  for (let round = 0; round < rounds; round++) {
    // On what the killed one left behind, without any clearing up.
    const desk = await startDeskProcess({ ...env, MSP_DESK_ADMIN_TOKEN: ADMIN_TOKEN });
    await check(desk, ledger);
    staff ??= await grantStaff(desk);
    const current = staff;
    const enough = ledger.after(20 + 13 * round);
    const working = Array.from({ length: CLIENTS }, (_, client) => work(desk, current, `r${round}-c${client}`, ledger));
    await Promise.race([enough, ...working]);
    expect(await desk.end("SIGKILL")).to.equal(null);
    await Promise.all(working);
  }
  const last = await startDeskProcess({ ...env, MSP_DESK_ADMIN_TOKEN: ADMIN_TOKEN });
  await check(last, ledger);
  expect(ledger.requests.size).to.be.above(rounds * 4);
  await last.end("SIGTERM");
}

describe("desk: killed in the middle of work", function () {
  this.timeout(300_000);

  it("has lost nothing that it acknowledged, on its folder, in eight rounds", async () => {
    const folder = new TemporaryFolder();
    try {
      await killRounds(8, { MSP_DESK_DATA: folder.at("desk") });
    } finally {
      folder.remove();
    }
  });

  it("has lost nothing that it acknowledged, on PostgreSQL, in three rounds", async () => {
    await killRounds(3, { DATABASE_URL: await createDatabase() });
  });
});
