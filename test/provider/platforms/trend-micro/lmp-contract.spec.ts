import { expect } from "chai";
import type { LmpiReadings } from "../../../../provider/generated/types";
import type { LmpiReadings as ServedReadings } from "../../../../sandbox/trend-micro/readings";
import { defaultReadings, READING_NAMES } from "../../../../sandbox/trend-micro/readings";
import { customerContract, readContract, writeContract } from "../contract";
import { startLmpWorld } from "./lmp-world";

interface Reading {
  readonly served: Partial<ServedReadings>;
  /** What the connection says of it; none where the driver bears both. */
  readonly chosen?: LmpiReadings;
  readonly requestsPerSecond?: number;
  readonly secretKey?: string;
}

/** Each single reading of the documentation that is not the sandbox's default. */
const FLIPPED: readonly Reading[] = [
  { served: { dateFormat: "iso-local" }, chosen: { dateFormat: "iso-local" } },
  { served: { dateFormat: "iso-millis" }, chosen: { dateFormat: "iso-millis" } },
  { served: { dateFormat: "posix" }, chosen: { dateFormat: "posix" } },
  { served: { replyDates: "iso-local" } },
  { served: { replyDates: "iso-millis" } },
  { served: { replyDates: "posix" } },
  { served: { windowEnd: "exclusive" } },
  { served: { windowDays: 31 }, chosen: { windowDays: 31, since: "2025-11-01" } },
  { served: { errors: "body" } },
  { served: { secretKey: "base64" }, chosen: { secretKey: "base64" }, secretKey: "c2VjcmV0LWtleS1mb3ItdGVzdHM=" },
  { served: { bodyDigest: "hex" }, chosen: { bodyDigest: "hex" } },
  { served: { creationCountsAsModified: true } },
  { served: { companyChangeCountsAsModified: true } },
  { served: { subscriptionCreationCountsAsModified: true } },
  { served: { subscriptionChangeCountsAsModified: false }, chosen: { subscriptionDetails: "all" } },
  { served: { writeReplies: "empty" } },
  { served: { writeReplies: "ids" } },
  { served: { createIds: "id" } },
  { served: { createIds: "companyId" } },
  { served: { createIds: "nested" } },
  { served: { v3CreateMakesUser: true } },
  { served: { updateBody: "flat" }, chosen: { updateBody: "flat" } },
  { served: { updateEffect: "merge" } },
  { served: { subscriptionUpdate: "whole" }, chosen: { subscriptionUpdate: "whole" } },
  { served: { expiryMayExtend: true } },
  { served: { sameName: "refuse" } },
  { served: { samePlan: "refuse" } },
  { served: { getId: "oldest" } },
  { served: { getId: "refuse" } },
  { served: { getIdFindsDisabled: true } },
  { served: { enabledWhileSuspended: false } },
  { served: { disableTwice: "accept" } },
  { served: { planVersion: "numbers" } },
  { served: { plansReply: "wrapped" } },
  { served: { crossGrade: "convert" } },
  { served: { crossGrade: "absorb" } },
  { served: { visibilityMs: 120_000 } },
  { served: { getIdIsLate: true } },
  { served: { rateLimit: { requests: 4, perMs: 1_000 } }, requestsPerSecond: 4 },
];

const OTHERS: readonly Reading[] = [
  { served: {} },
  // Together, where one alone is harmless.
  { served: { writeReplies: "empty", visibilityMs: 120_000, getIdIsLate: true } },
  { served: { writeReplies: "empty", getId: "oldest", getIdFindsDisabled: true } },
  { served: { subscriptionUpdate: "whole", replyDates: "iso-local" }, chosen: { subscriptionUpdate: "whole" } },
  // The driver's own choices, on the default platform.
  { served: {}, chosen: { subscriptionDetails: "all" } },
  { served: {}, chosen: { subscriptionUpdate: "whole" } },
];

for (const { served, chosen, requestsPerSecond, secretKey } of [...FLIPPED, ...OTHERS]) {
  const name = `LMP, ${JSON.stringify(served)}${chosen === undefined ? "" : ` with readings ${JSON.stringify(chosen)}`}`;
  const start = () =>
    startLmpWorld({
      served,
      connection: {
        ...(chosen === undefined ? {} : { readings: chosen }),
        ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }),
      },
      ...(secretKey === undefined ? {} : { secretKey }),
    });
  readContract(name, start);
  customerContract(name, start);
  writeContract(name, start);
}

describe("LMP contract", () => {
  it("flips every reading that the sandbox has, each alone and to another value than its default", () => {
    const defaults = defaultReadings();
    const flips = FLIPPED.map(({ served }) => Object.entries(served));
    expect(flips.filter((flip) => flip.length !== 1)).to.deep.equal([]);
    const flipped = flips.flat().filter(([name, value]) => value !== defaults[name as keyof ServedReadings]);
    expect([...new Set(flipped.map(([name]) => name))]).to.have.members(READING_NAMES);
  });
});
