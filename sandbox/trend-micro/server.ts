import { randomBytes } from "node:crypto";
import type { AddressInfo } from "node:net";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { type Clock, type Random, systemClock, systemRandom } from "../../provider/clock";
import type { Call } from "./call";
import { addControl } from "./control";
import {
  createCustomer,
  createCustomerV3,
  listCustomers,
  listModifiedUsers,
  updateCustomer,
  updateUser,
} from "./customers";
import { FaultMenu } from "./faults";
import { Keys } from "./keys";
import { OPERATIONS, type OperationName } from "./operations";
import { DEFAULT_PLANS, type ServicePlan } from "./plans";
import { Pipeline } from "./pipeline";
import { defaultReadings, type LmpiReadings } from "./readings";
import { LmpiRefusal } from "./refusal";
import { RequestLog } from "./request-log";
import { LmpiStore } from "./store";
import {
  createSubscription,
  disableSubscription,
  getSubscription,
  getSubscriptionId,
  listServicePlans,
  listSubscriptions,
  suspendSubscription,
  unsuspendSubscription,
  updateSubscription,
} from "./subscriptions";

/** How to start a sandbox; everything has a default. */
export interface LmpiOptions {
  /** 0, the default, takes a free port. It listens on loopback only. */
  readonly port?: number;
  readonly accessToken?: string;
  readonly secretKey?: string;
  readonly controlToken?: string;
  readonly clock?: Clock;
  readonly random?: Random;
  readonly plans?: readonly ServicePlan[];
  readonly readings?: Partial<LmpiReadings>;
}

/** A running LMPI. */
export interface LmpiSandbox {
  /** Base address, without a slash at its end. */
  readonly url: string;
  readonly accessToken: string;
  readonly secretKey: string;
  /** Opens the control API under `/_control`. */
  readonly controlToken: string;
  readonly store: LmpiStore;
  readonly log: RequestLog;
  readonly faults: FaultMenu;
  /** The first is made of `accessToken` and `secretKey`. */
  readonly keys: Keys;
  /** Can be changed while it runs. */
  readonly readings: LmpiReadings;
  close(): Promise<void>;
}

const HANDLERS: Readonly<Record<OperationName, (call: Call) => object | undefined>> = {
  createCustomer,
  createCustomerV3,
  listModifiedUsers,
  listCustomers,
  updateCustomer,
  updateUser,
  listServicePlansV2: listServicePlans,
  listServicePlans,
  createSubscription,
  getSubscription,
  listSubscriptions,
  updateSubscription,
  disableSubscription,
  suspendSubscription,
  unsuspendSubscription,
  getSubscriptionId,
};

/** Starts an LMPI of its own world on loopback. */
export async function startLmpi(options: LmpiOptions = {}): Promise<LmpiSandbox> {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? systemRandom;
  // Valid base64, so that one key serves both readings of how it signs.
  const secretKey = options.secretKey ?? randomBytes(32).toString("base64");
  const accessToken = options.accessToken ?? random.uuid();
  const controlToken = options.controlToken ?? randomBytes(24).toString("base64url");
  const readings = { ...defaultReadings(), ...options.readings };
  const store = new LmpiStore(options.plans ?? DEFAULT_PLANS, readings, clock, random);
  const log = new RequestLog([accessToken, secretKey, controlToken]);
  const faults = new FaultMenu();
  const keys = new Keys({ accessToken, secretKey }, random);
  const stopping = new AbortController();
  const pipeline = new Pipeline({
    clock,
    readings,
    store,
    log,
    faults,
    keys,
    signal: stopping.signal,
  });

  const app = Fastify({ logger: false, forceCloseConnections: true });
  takeBodiesAsBytes(app);
  addControl(app, { controlToken, store, log, faults, keys, readings });
  for (const operation of OPERATIONS) {
    app.route({
      method: operation.method,
      url: operation.path,
      // A HEAD would answer without having been signed as one.
      exposeHeadRoute: false,
      handler: (request, reply) => pipeline.run(operation, HANDLERS[operation.name], request, reply),
    });
  }
  app.setNotFoundHandler((request, reply) => pipeline.runUnknown(request, reply));
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, log, clock));

  await app.listen({ host: "127.0.0.1", port: options.port ?? 0 });
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    accessToken,
    secretKey,
    controlToken,
    store,
    log,
    faults,
    keys,
    readings,
    close: async () => {
      stopping.abort(new Error("The sandbox stops."));
      await app.close();
    },
  };
}

/** The signature covers the exact bytes, so nothing may parse them first. */
function takeBodiesAsBytes(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

/** What fails before an operation is reached: a body that is too big, a path that can't be decoded. */
function answerError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  log: RequestLog,
  clock: Clock,
): void {
  const status = statusOf(error);
  log.add({
    at: clock.now(),
    method: request.method,
    path: request.raw.url ?? "",
    operation: "unknown",
    kind: request.method === "GET" ? "read" : "write",
    status,
    isCommitted: false,
  });
  const message = status === 500 ? "Internal error of the sandbox" : "The request can't be read";
  reply.code(status).send(new LmpiRefusal(status, "INVALID_REQUEST", message).toBody());
}

function statusOf(error: unknown): number {
  const isClientError =
    error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" && error.statusCode < 500;
  return isClientError ? (error.statusCode as number) : 500;
}
