import type { FastifyReply, FastifyRequest } from "fastify";
import type { Clock } from "../../provider/clock";
import type { Call } from "./call";
import { type Fault, type FaultMenu, faultOf } from "./faults";
import type { Operation } from "./operations";
import { RateLimit } from "./rate-limit";
import type { Keys } from "./keys";
import type { LmpiReadings } from "./readings";
import { LmpiRefusal, notFound } from "./refusal";
import type { LoggedRequest, RequestLog } from "./request-log";
import { hugeBody, shape } from "./shaping";
import type { LmpiStore } from "./store";

/** What every request passes through. */
export interface PipelineParts {
  readonly clock: Clock;
  readonly readings: LmpiReadings;
  readonly store: LmpiStore;
  readonly log: RequestLog;
  readonly faults: FaultMenu;
  readonly keys: Keys;
  /** Ends the waiting of slow replies. */
  readonly signal: AbortSignal;
}

type Handler = (call: Call) => object | undefined;

/** Signature, then rate limit, then faults, then the operation, then faults again, then the log. */
export class Pipeline {
  private readonly parts: PipelineParts;
  private readonly rateLimit = new RateLimit();

  constructor(parts: PipelineParts) {
    this.parts = parts;
  }

  async run(operation: Operation, handle: Handler, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    this.date(reply);
    const unsigned = { ...this.entryOf(request), operation: operation.name, kind: operation.kind };
    let key: number;
    try {
      key = this.signerOf(request);
    } catch (error) {
      return this.refuse(unsigned, reply, error);
    }
    const entry = { ...unsigned, key };
    try {
      this.admit();
    } catch (error) {
      return this.refuse(entry, reply, error);
    }
    const faults = this.parts.faults.take(operation);
    const slow = faultOf(faults, "slow");
    if (slow !== undefined) await this.parts.clock.sleep(slow.delayMs, this.parts.signal);
    const early = this.strikeBefore(faults, entry, reply);
    if (early !== undefined) return early;

    let answer: object | undefined;
    try {
      answer = this.perform(handle, request, faults);
    } catch (error) {
      return this.refuse(entry, reply, error);
    }
    const isCommitted = operation.kind === "write";
    return (
      this.strikeAfter(faults, { ...entry, isCommitted }, reply) ??
      this.send({ ...entry, isCommitted, status: 200 }, reply, shape(answer, operation, faults))
    );
  }

  /** Everything that LMPI does not have. Its signature is checked too: a stranger learns nothing. */
  runUnknown(request: FastifyRequest, reply: FastifyReply): unknown {
    this.date(reply);
    const entry = this.entryOf(request);
    try {
      this.signerOf(request);
      this.admit();
    } catch (error) {
      return this.refuse(entry, reply, error);
    }
    const refusal = notFound("There is no such operation");
    return this.send({ ...entry, status: refusal.status }, reply, refusal.toBody());
  }

  private signerOf(request: FastifyRequest): number {
    const { clock, keys, readings } = this.parts;
    const { method, headers } = request;
    const body = bodyOf(request);
    return keys.signerOf({ method, uri: request.raw.url ?? "", body, headers }, clock.now(), readings);
  }

  private admit(): void {
    const { clock, readings } = this.parts;
    this.rateLimit.admit(readings.rateLimit, clock.now());
  }

  private perform(handle: Handler, request: FastifyRequest, faults: readonly Fault[]): object | undefined {
    const { clock, readings, store } = this.parts;
    store.settle();
    const hidden = faultOf(faults, "hiddenFor");
    const call: Call = {
      params: request.params as Readonly<Record<string, string>>,
      query: queryOf(request, faults),
      body: bodyOf(request),
      birth: {
        ...(hidden !== undefined && { hiddenForMs: hidden.ms }),
        isTwin: faultOf(faults, "duplicateName") !== undefined,
      },
      store,
      readings,
      clock,
    };
    const answer = handle(call);
    return faultOf(faults, "repeatedPage") === undefined ? answer : withAskedPage(answer, request);
  }

  private strikeBefore(faults: readonly Fault[], entry: LoggedRequest, reply: FastifyReply): unknown {
    const limited = faultOf(faults, "tooManyRequests");
    if (limited !== undefined) {
      const seconds = limited.seconds ?? 2;
      if (limited.retryAfter === "seconds") reply.header("retry-after", String(seconds));
      if (limited.retryAfter === "date") {
        reply.header("retry-after", new Date(this.parts.clock.now() + seconds * 1000).toUTCString());
      }
      const refusal = new LmpiRefusal(429, "TOO_MANY_REQUESTS", "Too many requests");
      return this.send({ ...entry, status: 429 }, reply, refusal.toBody());
    }
    if (faultOf(faults, "refused") !== undefined) {
      const refusal = new LmpiRefusal(200, "NOT_ALLOWED", "The operation is not allowed");
      return this.send({ ...entry, status: 200 }, reply, refusal.toBody());
    }
    return this.strike(faults, false, entry, reply);
  }

  private strikeAfter(faults: readonly Fault[], entry: LoggedRequest, reply: FastifyReply): unknown {
    if (faultOf(faults, "garbage") !== undefined) {
      return this.send({ ...entry, status: 200 }, reply, '{"paging":{"total":3,');
    }
    const huge = faultOf(faults, "hugeBody");
    if (huge !== undefined) return this.send({ ...entry, status: 200 }, reply, hugeBody(huge.bytes));
    return this.strike(faults, true, entry, reply);
  }

  private strike(faults: readonly Fault[], isCommitted: boolean, entry: LoggedRequest, reply: FastifyReply): unknown {
    const dropped = faultOf(faults, "droppedReply");
    if (dropped?.isCommitted === isCommitted) {
      this.parts.log.add({ ...entry, status: "dropped" });
      reply.hijack();
      reply.raw.destroy();
      return reply;
    }
    const failed = faultOf(faults, "serverError");
    if (failed?.isCommitted === isCommitted) {
      const status = failed.status ?? 500;
      const refusal = new LmpiRefusal(status, "SYSTEM_ERROR", "The system failed");
      return this.send({ ...entry, status }, reply, refusal.toBody());
    }
    const inOk = faultOf(faults, "errorInOk");
    if (inOk?.isCommitted === isCommitted) {
      const refusal = new LmpiRefusal(200, "SYSTEM_ERROR", "The system failed");
      return this.send({ ...entry, status: 200 }, reply, refusal.toBody());
    }
    return undefined;
  }

  private refuse(entry: LoggedRequest, reply: FastifyReply, error: unknown): unknown {
    if (!(error instanceof LmpiRefusal)) throw error;
    const { retryAfterSeconds } = error;
    if (retryAfterSeconds !== undefined) reply.header("retry-after", String(retryAfterSeconds));
    // A rate limit is kept before LMPI itself, so the reading of LMPI's errors does not reach it.
    const isInBody = this.parts.readings.errors === "body" && retryAfterSeconds === undefined;
    const status = isInBody ? 200 : error.status;
    return this.send({ ...entry, status }, reply, error.toBody());
  }

  private send(entry: LoggedRequest, reply: FastifyReply, body: unknown): unknown {
    this.parts.log.add(entry);
    reply.code(entry.status === "dropped" ? 500 : entry.status);
    if (body === undefined) return reply.send();
    reply.type("application/json; charset=utf-8");
    return reply.send(Array.isArray(body) || isPlain(body) ? JSON.stringify(body) : body);
  }

  private entryOf(request: FastifyRequest): LoggedRequest {
    return {
      at: this.parts.clock.now(),
      method: request.method,
      path: request.raw.url ?? "",
      operation: "unknown",
      kind: request.method === "GET" || request.method === "HEAD" ? "read" : "write",
      status: 500,
      isCommitted: false,
    };
  }

  /** Clients correct their clocks by it, so it must be the sandbox's own. */
  private date(reply: FastifyReply): void {
    reply.header("date", new Date(this.parts.clock.now()).toUTCString());
  }
}

function bodyOf(request: FastifyRequest): Buffer | undefined {
  return Buffer.isBuffer(request.body) ? request.body : undefined;
}

function queryOf(request: FastifyRequest, faults: readonly Fault[]): URLSearchParams {
  const query = new URL(request.raw.url ?? "", "http://localhost").searchParams;
  if (faultOf(faults, "repeatedPage") !== undefined) {
    query.set("page", String(Math.max(1, Number(query.get("page") ?? 1) - 1)));
  }
  return query;
}

/** A repeated page lies about its number. */
function withAskedPage(answer: object | undefined, request: FastifyRequest): object | undefined {
  if (answer === undefined || !("paging" in answer)) return answer;
  const page = Number(queryOf(request, []).get("page") ?? 1);
  return { ...answer, paging: { ...(answer.paging as object), page } };
}

function isPlain(body: unknown): body is object {
  return typeof body === "object" && body !== null && Object.getPrototypeOf(body) === Object.prototype;
}
