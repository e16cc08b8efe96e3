import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { expect } from "chai";
import { withDeadline } from "../../../provider/clock";
import type { ErrorKind } from "../../../provider/errors";
import type { HttpRequest } from "../../../provider/http/client";
import { createLimiter } from "../../../provider/http/limiter";
import { clientFixture, failure, read, write } from "./client-fixture";
import { manualClock } from "./manual-clock";
import { type Answer, hangUp, json, silence, startServer, status } from "./test-server";

describe("http client", () => {
  const at = clientFixture();

  it("sends path and body byte for byte, with headers signed for each attempt", async () => {
    let attempts = 0;
    at.server.answers(status(503), json({ ok: true }));
    const path = "/a%20b?from=2026-03-02T09%3A00%3A00Z&x=%2F";
    const answer = await at.client.send({ ...read, path, sign: () => ({ "x-attempt": String(++attempts) }) });
    expect(answer).to.include({ status: 200 });
    expect(answer.body).to.deep.equal({ ok: true });
    expect(at.server.received.map((call) => [call.url, call.headers["x-attempt"]])).to.deep.equal([
      [path, "1"],
      [path, "2"],
    ]);
    at.server.answers(json({}));
    await at.client.send({ ...write, body: '{"name":"Zahnärzte 牙"}' });
    expect(at.server.received[2]?.body).to.equal('{"name":"Zahnärzte 牙"}');
  });

  it("answers parsed JSON, else text, else undefined", async () => {
    at.server.answers(json([1]), status(200, { "content-type": "text/plain" }, "plain words"), status(204));
    expect((await at.client.send(read)).body).to.deep.equal([1]);
    expect((await at.client.send(read)).body).to.equal("plain words");
    expect((await at.client.send(write)).body).to.equal(undefined);
  });

  it("keeps connections alive", async () => {
    at.server.answers(json(1), json(2), json(3));
    for (let i = 0; i < 3; i++) await at.client.send(read);
    expect(at.server.connections).to.equal(1);
  });

  describe("repeating", () => {
    const cases: readonly {
      readonly answer: Answer;
      readonly reads: number;
      readonly writes: number;
      readonly write: ErrorKind;
      readonly reason: string;
    }[] = [
      { answer: status(429), reads: 2, writes: 2, write: "rateLimited", reason: "429 proves that nothing was done" },
      {
        answer: status(503, { "retry-after": "1" }),
        reads: 2,
        writes: 2,
        write: "unavailable",
        reason: "503 with Retry-After is the server's own refusal",
      },
      {
        answer: status(503),
        reads: 2,
        writes: 1,
        write: "ambiguous",
        reason: "503 alone may come from a gateway that lost the answer",
      },
      { answer: status(500), reads: 2, writes: 1, write: "ambiguous", reason: "500 may come after the commit" },
      { answer: status(502), reads: 2, writes: 1, write: "ambiguous", reason: "502 may come after the commit" },
      { answer: status(504), reads: 2, writes: 1, write: "ambiguous", reason: "504 may come after the commit" },
      { answer: hangUp, reads: 2, writes: 1, write: "ambiguous", reason: "the request arrived, the answer did not" },
      {
        answer: status(200, { "content-type": "application/json" }, '{"cut'),
        reads: 2,
        writes: 1,
        write: "ambiguous",
        reason: "a broken answer tells nothing",
      },
      { answer: status(400), reads: 1, writes: 1, write: "validation", reason: "the same is refused again" },
      { answer: status(401), reads: 1, writes: 1, write: "unauthenticated", reason: "the same is refused again" },
      { answer: status(403), reads: 1, writes: 1, write: "forbidden", reason: "the same is refused again" },
      { answer: status(404), reads: 1, writes: 1, write: "notFound", reason: "the same is refused again" },
      { answer: status(409), reads: 1, writes: 1, write: "alreadyExists", reason: "the same is refused again" },
      { answer: status(405), reads: 1, writes: 1, write: "unsupported", reason: "the same is refused again" },
    ];
    for (const { answer, reads, writes, write: kind, reason } of cases) {
      it(`sends a read ${reads === 1 ? "once" : "again"} and a write ${writes === 1 ? "once" : "again"}: ${reason}`, async () => {
        at.server.answers(answer, json({ done: true }));
        const outcome = await at.client.send(read).then(
          () => "answered",
          () => "failed",
        );
        expect([outcome, at.server.received.length]).to.deep.equal([reads === 2 ? "answered" : "failed", reads]);

        const before = at.server.received.length;
        if (reads === 1) await at.client.send(read);
        at.server.answers(answer, json({ done: true }));
        const written = await failure(at.client.send(write));
        expect(written?.kind).to.equal(writes === 2 ? undefined : kind);
        expect(at.server.received.length - before - (reads === 1 ? 1 : 0)).to.equal(writes);
      });
    }

    it("gives up after a few attempts with the last failure", async () => {
      at.server.answers(...Array.from({ length: 10 }, () => status(500)));
      const error = await failure(at.client.send(read));
      expect(error).to.include({ kind: "unavailable", status: 500 });
      expect(at.server.received).to.have.length(6);
      expect(at.clock.slept.filter((ms) => ms < 30_000)).to.deep.equal([375, 750, 1500, 3000, 6000]);
    });

    it("stays within the total budget", async () => {
      at.clock = manualClock();
      at.open({ totalTimeoutMs: 100_000 });
      at.server.answers(...Array.from({ length: 3 }, () => status(503, { "retry-after": "60" })));
      const sent = failure(at.client.send(read));
      await at.clock.sleeping(60_000);
      at.clock.advance(60_000);
      expect(await sent).to.include({ kind: "unavailable", status: 503 });
      expect(at.server.received).to.have.length(2);
    });
  });

  describe("Retry-After", () => {
    it("is honoured in seconds, without jitter", async () => {
      at.server.answers(status(503, { "retry-after": "7" }), json({}));
      await at.client.send(read);
      expect(at.clock.slept).to.include(7_000);
    });

    it("is honoured as a date, by the server's clock", async () => {
      at.server.answers(
        status(503, { date: "Mon, 02 Mar 2026 12:00:00 GMT", "retry-after": "Mon, 02 Mar 2026 12:00:09 GMT" }),
        json({}),
      );
      await at.client.send(read);
      expect(at.clock.slept).to.include(9_000);
    });

    it("is not waited for beyond the budget, but told", async () => {
      at.server.answers(status(429, { "retry-after": "3600" }));
      const error = await failure(at.client.send(read));
      expect(error).to.include({ kind: "rateLimited", retryAfterMs: 3_600_000 });
      expect(at.server.received).to.have.length(1);
    });
  });

  describe("a 429", () => {
    it("holds back every other call with that key, in both lanes, until the pause is over", async () => {
      at.clock = manualClock();
      const limiter = createLimiter({ requestsPerSecond: 1000, clock: at.clock });
      const one = at.open({ limiter });
      const another = at.another({ limiter });
      const withAnotherKey = at.another();
      at.server.answers(status(429, { "retry-after": "5" }), json(0), json(1), json(2), json(3));
      const first = one.send(read);
      await at.server.arrived(1);
      await at.clock.sleeping(5_000);
      const others = [another.send(write), another.send(read)];
      at.clock.advance(4_999);
      // Whoever had not been held back would have arrived before this one.
      await withAnotherKey.send(read);
      expect(at.server.received).to.have.length(2);
      at.clock.advance(1);
      await Promise.all([first, ...others]);
      expect(at.server.received).to.have.length(5);
    });

    it("fails calls that may not wait that long before they are sent", async () => {
      at.server.answers(status(429, { "retry-after": "600" }));
      await failure(at.client.send(read));
      expect(await failure(at.client.send(write))).to.include({ kind: "rateLimited", operation: "create thing" });
      expect(at.server.received).to.have.length(1);
    });
  });

  describe("an answer that does not come", () => {
    it("makes a read unavailable and a write ambiguous", async () => {
      at.open({ attemptTimeoutMs: 40_000, totalTimeoutMs: 40_000 });
      at.server.answers(silence, silence);
      for (const [request, kind] of [
        [read, "unavailable"],
        [write, "ambiguous"],
      ] as const) {
        const sent = failure(at.client.send(request));
        await at.server.arrived(kind === "unavailable" ? 1 : 2);
        await at.clock.sleeping(40_000);
        at.clock.advance(40_000);
        const error = await sent;
        expect(error?.kind).to.equal(kind);
        expect(error?.message).to.contain("gave no answer within 40 s");
      }
    });

    it("makes a write unavailable, not ambiguous, when nobody listens: nothing was sent", async () => {
      const free = await freePort();
      at.open({ baseUrl: `http://127.0.0.1:${free}` });
      expect(await failure(at.client.send(write))).to.include({ kind: "unavailable" });
    });

    it("tries where nobody has ever listened three times, and where somebody has as often as anything", async () => {
      const gone = await startServer();
      const waits = () => at.clock.slept.filter((ms) => ms < 30_000).length;
      gone.answers(json({}));
      at.open({ baseUrl: gone.url });
      await at.client.send(read);
      await gone.close();
      await failure(at.client.send(read));
      expect(waits()).to.equal(5);
      at.open({ baseUrl: gone.url });
      await failure(at.client.send(read));
      expect(waits()).to.equal(5 + 2);
    });

    it("makes a write unavailable, not ambiguous, when the secure connection never came about", async () => {
      const rude = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.end("no TLS here\r\n", () => socket.destroySoon());
      });
      await new Promise<void>((resolve) => rude.listen(0, "127.0.0.1", resolve));
      at.open({ baseUrl: `https://127.0.0.1:${(rude.address() as AddressInfo).port}` });
      expect(await failure(at.client.send(write))).to.include({ kind: "unavailable" });
      await new Promise<void>((resolve) => rude.close(() => resolve()));
    });

    it("makes a write ambiguous when the run is cancelled while it is out", async () => {
      const cancel = new AbortController();
      at.open({ signal: cancel.signal });
      at.server.answers(silence);
      const sent = failure(at.client.send(write));
      await at.server.arrived(1);
      cancel.abort();
      expect(await sent).to.include({ kind: "ambiguous" });
      expect(await failure(at.client.send(write))).to.include({ kind: "unavailable" });
      expect(at.server.received).to.have.length(1);
    });
  });

  it("is not waited for beyond the deadline of the operation that calls", async () => {
    at.server.answers(silence);
    const deadlineMs = 45_000;
    const sent = failure(withDeadline(at.clock, deadlineMs, () => at.open({ attemptTimeoutMs: 100_000 }).send(write)));
    await at.server.arrived(1);
    at.clock.advance(deadlineMs);
    const error = await sent;
    expect(error).to.include({ kind: "ambiguous" });
    expect(error?.message).to.contain("msp:timeoutSeconds");
  });

  it("refuses an answer beyond the size cap, also a compressed one", async () => {
    const { gzipSync } = await import("node:zlib");
    const big = JSON.stringify("x".repeat(20_000));
    at.server.answers(status(200, { "content-type": "application/json" }, big), (response) =>
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).end(gzipSync(big)),
    );
    for (let i = 0; i < 2; i++) {
      const error = await failure(at.client.send(read));
      expect(error?.kind).to.equal("unavailable");
      expect(error?.message).to.contain("more than 10000 bytes");
    }
  });

  describe("a platform's own error in the body", () => {
    const refusalIn: NonNullable<HttpRequest["refusalIn"]> = (body) => {
      const { error } = body as { error?: string };
      return error === undefined
        ? undefined
        : {
            reason: error,
            ...(error === "exists"
              ? { kind: "alreadyExists" as const }
              : error === "broken"
                ? { kind: "unavailable" as const }
                : {}),
          };
    };

    it("inside a 200 is an error all the same, and is not repeated", async () => {
      at.server.answers(json({ error: "no state given" }), json({ error: "exists" }));
      const error = await failure(at.client.send({ ...read, refusalIn }));
      expect(error).to.include({ kind: "validation", status: 200 });
      expect(error?.message).to.contain("no state given");
      expect(await failure(at.client.send({ ...write, refusalIn }))).to.include({ kind: "alreadyExists" });
    });

    it("that tells of the platform's own failure leaves a write ambiguous", async () => {
      at.server.answers(json({ error: "broken" }));
      expect(await failure(at.client.send({ ...write, refusalIn }))).to.include({ kind: "ambiguous" });
    });

    it("that nobody can place leaves a write ambiguous: its status says that it was done", async () => {
      at.server.answers(json({ error: "E-4711" }));
      expect(await failure(at.client.send({ ...write, refusalIn }))).to.include({ kind: "ambiguous" });
      at.server.answers(json({ error: "broken" }), json({}));
      expect((await at.client.send({ ...read, refusalIn })).status).to.equal(200);
    });

    it("says what a bare 400 does not, but never turns a refused write into one that is sent again", async () => {
      at.server.answers(
        status(400, { "content-type": "application/json" }, '{"error":"exists"}'),
        status(400, { "content-type": "application/json" }, '{"error":"broken"}'),
      );
      expect(await failure(at.client.send({ ...write, refusalIn }))).to.include({ kind: "alreadyExists" });
      expect(await failure(at.client.send({ ...write, refusalIn }))).to.include({ kind: "ambiguous" });
      expect(at.server.received).to.have.length(2);
    });
  });

  it("tells a desk's problem", async () => {
    const problem = { type: "about:blank", title: "Blocked", status: 409, detail: "Held.", kind: "blocked" };
    at.server.answers(status(409, { "content-type": "application/problem+json" }, JSON.stringify(problem)));
    expect((await failure(at.client.send(write)))?.problem).to.deep.equal(problem);
  });

  it("knows the server's at.clock from its last answer", async () => {
    expect(at.client.serverTimeOffsetMs).to.equal(0);
    at.server.answers(json({}, { date: "Mon, 02 Mar 2026 09:20:00 GMT" }));
    await at.client.send(read);
    expect(at.client.serverTimeOffsetMs).to.equal(20 * 60_000);
  });

  it("names what failed, on what, and what to do, with the other side's id of the call", async () => {
    at.server.answers(status(403, { "x-request-id": "req-42" }));
    const error = await failure(at.client.send(write));
    expect(error?.message).to.equal(
      "Could not create thing Acme: the platform answered 403.\nThese credentials lack the right for it: have it granted, or use others. Its id of this call: req-42.",
    );
    expect(error).to.include({
      operation: "create thing",
      resource: "thing Acme",
      requestId: "req-42",
      platform: "the platform",
    });
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
