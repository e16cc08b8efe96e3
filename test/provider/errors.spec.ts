import { expect } from "chai";
import { hasKind, isProviderError, ProviderError } from "../../provider/errors";

describe("ProviderError", () => {
  it("tells where it failed, and what caused it", () => {
    const cause = new Error("socket");
    const error = new ProviderError("unavailable", "It does not answer.", {
      platform: "desk",
      operation: "file",
      status: 503,
      retryAfterMs: 10,
      cause,
    });
    expect(error).to.include({
      name: "ProviderError",
      kind: "unavailable",
      platform: "desk",
      operation: "file",
      status: 503,
      retryAfterMs: 10,
      cause,
    });
    expect(error.message).to.equal("It does not answer.");
  });

  it("is retryable only where the call provably did nothing", () => {
    const retryable = (["rateLimited", "unavailable"] as const).map((kind) => new ProviderError(kind, "x").retryable);
    const final = (["ambiguous", "partial", "pending", "blocked", "stale", "internal"] as const).map(
      (kind) => new ProviderError(kind, "x").retryable,
    );
    expect(retryable).to.deep.equal([true, true]);
    expect(new Set(final)).to.deep.equal(new Set([false]));
  });

  it("is known again by name and kind, also from another copy of the package", () => {
    const foreign = Object.assign(new Error("gone"), { name: "ProviderError", kind: "notFound" });
    expect(hasKind(foreign, "notFound")).to.equal(true);
    expect(hasKind(foreign, "blocked")).to.equal(false);
    expect(isProviderError(foreign)).to.equal(true);
    expect(isProviderError(new Error("gone"))).to.equal(false);
    expect(isProviderError({ name: "ProviderError", kind: "notFound" })).to.equal(false);
  });
});
