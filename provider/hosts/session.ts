/**
 * One run's world: connections, credentials, drivers, the desk. Everything that comes from outside (configuration, environment, files) comes
 * in here, once; what is below asks for none of it. Parsing needs no network, so that `check` can use it.
 */
import { existsSync, readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { type Clock, callSignal, type Random, withDeadline } from "../clock";
import { createDesk, type Desk, refusingDesk } from "../desk/client";
import { sharedDesk } from "../desk/shared";
import { isProviderError, ProviderError } from "../errors";
import type { Account, Connection, Connections } from "../generated/types";
import { connections as isConnections } from "../generated/validators";
import { createHttpClient, type HttpClient } from "../http/client";
import { createLimiter, type Limiter } from "../http/limiter";
import type { Transport } from "../http/transport";
import { inWords } from "../lifecycle/words";
import { isRecord } from "../lifecycle/diff";
import type { CheckContext, WriteContext } from "../lifecycle/handler";
import { type LossGuard, lossGuard } from "../lifecycle/losses";
import { leavingNotes } from "../lifecycle/notes";
import { nearest } from "../nearest";
import type { Driver, PlatformDefinition } from "../platforms/platform";
import { platforms } from "../platforms/registry";
import { VERSION } from "../version";
import { refuseCredentials } from "./configured";

/** A configuration key without its namespace: `connections` is `msp:connections`. */
export type Settings = (key: string) => string | undefined;

export interface SessionOptions {
  readonly settings: Settings;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Files that configuration names are relative to the project: the next folder upwards with a Pulumi.yaml. */
  readonly cwd: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (line: string) => void;
  /** Answers every call of this run in place of sockets. */
  readonly transport?: Transport;
  /** Where several sessions of one process keep the pace of a vendor's key together. */
  readonly limiters?: Map<string, Limiter>;
}

/** What holds for one operation. */
export interface Limits {
  /** In place of msp:timeoutSeconds. */
  readonly timeoutSeconds?: number;
  /** Ends it before its time. */
  readonly signal?: AbortSignal;
}

export interface Session {
  readonly desk: Desk;
  readonly connectionNames: readonly string[];
  /** Without a network; a sentence where the connection does not exist. */
  checkContext(connection: string): CheckContext | string;
  /** For inputs whose platform is not known yet. */
  anyCheckContext(): CheckContext;
  /** Runs one operation, which may take no longer than msp:timeoutSeconds. */
  within<T>(run: () => Promise<T>, limits?: Limits): Promise<T>;
  /** For an operation: the driver, and the account behind the credentials, pinned. */
  write(connection: string, resource: string): Promise<WriteContext>;
}

const DEFAULT_TIMEOUT_SECONDS = 300;
const LONGEST_TIMEOUT_SECONDS = 86_400;
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

export function createSession(given: SessionOptions): Session {
  // What is set to nothing is not set: pipelines often pass on a variable that they have no value for.
  const options = { ...given, env: Object.fromEntries(Object.entries(given.env).filter(([, value]) => value !== "")) };
  const { settings, env, clock, random, log, transport } = options;
  let parsed: Connections | undefined;
  const all = (): Connections => {
    refuseCredentials(settings);
    parsed ??= parseConnections(settings("connections"));
    return parsed;
  };
  const desk = sharedDesk(openDesk(options), clock);
  const limiters = options.limiters ?? new Map<string, Limiter>();
  const fleetFile = inProject(env.MSP_FLEET_FILE ?? settings("fleetFile"), options.cwd);
  const reason = env.MSP_REASON ?? settings("reason");
  const requester = env.MSP_REQUESTER ?? settings("requester");
  const acceptLosses = (env.MSP_ACCEPT_LOSSES ?? settings("acceptLosses")) === "true";
  const notes = leavingNotes({
    ...(fleetFile === undefined ? {} : { fleetFile }),
    ...(reason === undefined ? {} : { reason }),
    ...(requester === undefined ? {} : { requester }),
  });

  const connectionOf = (name: string): Connection | string => {
    const connection = all()[name];
    if (connection !== undefined) return connection;
    const names = Object.keys(all());
    const near = nearest(name, names, 1)[0];
    return `platform names connection ${name}, which msp:connections does not have${near === undefined ? `; ${names.length === 0 ? "add it there" : `use ${names.join(" or ")}, or add it there`}` : `; did you mean ${near}?`}`;
  };

  interface Opened {
    readonly connection: Connection;
    readonly driver: Driver;
    readonly account: Promise<Account>;
    readonly losses: Promise<LossGuard>;
  }
  const opened = new Map<string, Opened>();
  const open = (name: string): Opened => {
    const known = opened.get(name);
    if (known !== undefined) return known;
    const connection = connectionOf(name);
    if (typeof connection === "string")
      throw new ProviderError("validation", `${connection}.`, { operation: "open connection" });
    const definition = platforms[connection.platform];
    const driver = definition.driver(driverOptions(name, connection, definition));
    const account = pinned(name, connection, driver, desk);
    const losses = account.then((record) => lossGuard(record, driver.title, desk, acceptLosses));
    losses.catch(() => undefined);
    const fresh = { connection, driver, account, losses };
    opened.set(name, fresh);
    // A desk that was down, or a key that was wrong, is asked again by the next call.
    account.catch(() => opened.delete(name));
    return fresh;
  };

  const driverOptions = (name: string, connection: Connection, definition: PlatformDefinition) => {
    const credentials = readCredentials(name, connection, definition, options);
    const key = `${connection.platform}|${connection.endpoint ?? ""}|${Object.values(credentials)[0] ?? name}`;
    const limiter =
      limiters.get(key) ??
      createLimiter({ requestsPerSecond: connection.requestsPerSecond ?? definition.requestsPerSecond, clock });
    limiters.set(key, limiter);
    const http =
      connection.endpoint === undefined
        ? unreachable(name)
        : createHttpClient({
            baseUrl: connection.endpoint,
            allowedHosts: [...definition.allowedHosts, ...(connection.allowedHosts ?? [])],
            platform: definition.title,
            limiter,
            clock,
            random,
            attemptTimeoutMs: (connection.attemptTimeoutSeconds ?? 30) * 1000,
            totalTimeoutMs: (connection.totalTimeoutSeconds ?? 120) * 1000,
            maxResponseBytes: MAX_RESPONSE_BYTES,
            redact: Object.values(credentials),
            credentialsIn: sourceOf(name, connection, definition, options),
            ...(transport === undefined ? {} : { transport }),
          });
    return { name, connection, credentials, http, desk, clock, random };
  };

  const contextOf = (
    connectionName: string,
    title: string,
    capability: CheckContext["capability"],
    connection: Connection,
  ): CheckContext => ({ connectionName, connection, title, capability });

  return {
    desk,
    get connectionNames() {
      return Object.keys(all());
    },
    checkContext(name) {
      let connection: Connection | string;
      try {
        connection = connectionOf(name);
      } catch (error) {
        return (error as Error).message;
      }
      if (typeof connection === "string") return connection;
      const definition = platforms[connection.platform];
      const table = definition.capabilities(connection);
      return contextOf(name, definition.title, (type, operation) => table[type]?.[operation], connection);
    },
    anyCheckContext: () =>
      contextOf("", "The platform", () => ({ mode: "request", source: "not known yet" }), { platform: "armourzero" }),
    within: async (run, { timeoutSeconds, signal } = {}) =>
      withDeadline(
        clock,
        timeoutSeconds === undefined ? timeoutMs(settings("timeoutSeconds")) : timeoutSeconds * 1000,
        run,
        signal,
      ),
    async write(name, resource) {
      const { connection, driver, account, losses } = open(name);
      return {
        connectionName: name,
        connection,
        platform: driver,
        desk,
        clock,
        signal: callSignal() ?? new AbortController().signal,
        account: (await account).id,
        formerly: (await account).formerly ?? [],
        resource,
        notes,
        losses: await losses,
        log,
      };
    },
  };
}

/** The client of a connection to a platform that has no API. */
function unreachable(name: string): HttpClient {
  const send = async () => {
    throw new ProviderError("internal", `Connection ${name} has no endpoint, and something called it.`);
  };
  return { send, serverTimeOffsetMs: 0, close: () => undefined };
}

/** Which account the credentials belong to; the desk knows it again, and refuses those of another. */
async function pinned(connection: string, settings: Connection, driver: Driver, desk: Desk): Promise<Account> {
  await desk.handshake();
  const evidence = await driver.identity();
  return desk.resolveAccount({
    platform: driver.platform,
    connection,
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    evidence: { kind: evidence.kind, ids: [...evidence.ids] },
  });
}

function parseConnections(text: string | undefined): Connections {
  if (text === undefined) {
    throw new ProviderError(
      "validation",
      "No platform connection is configured.\nSet msp:connections in Pulumi.yaml or Pulumi.<stack>.yaml: a name for each, with `platform`, and `endpoint` or `account`.",
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ProviderError(
      "validation",
      "msp:connections is not an object.\nWrite it as a structured value in Pulumi.yaml: a name for each connection, with its settings below.",
      { cause },
    );
  }
  if (isConnections(value)) return value;
  const reasons = [
    ...new Set((isConnections.errors ?? []).map((error) => inWords(error)).filter((reason) => reason !== undefined)),
  ];
  // What else a connection needs hangs on its account type: first things first.
  const first = reasons.filter((reason) => {
    const connection = /^(.+\.)account is missing$/.exec(reason)?.[1];
    return connection === undefined || !reasons.some((other) => other.startsWith(`${connection}accountType `));
  });
  const isSecret = first.some((reason) => /(token|secret|password|key) is not a property/i.test(reason));
  throw new ProviderError(
    "validation",
    `msp:connections is not valid: ${first.join("; ").replace(/(?<!\?)$/, ".")}${isSecret ? "\nCredentials belong in the environment, or in the file that `credentialsFile` names." : ""}`,
  );
}

function timeoutMs(text: string | undefined): number {
  const seconds = Number(text ?? DEFAULT_TIMEOUT_SECONDS);
  if (seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS) return Math.ceil(seconds * 1000);
  throw new ProviderError(
    "validation",
    `msp:timeoutSeconds must be a number of seconds above 0, at most ${LONGEST_TIMEOUT_SECONDS}.`,
  );
}

/** A desk that can't be reached refuses each call: the engine asks nothing when it configures, and would show no words of ours. */
function openDesk(options: SessionOptions): Desk {
  try {
    return connectDesk(options);
  } catch (error) {
    if (!isProviderError(error)) throw error;
    return refusingDesk(error);
  }
}

function connectDesk({ settings, env, clock, random, cwd, transport }: SessionOptions): Desk {
  const url = env.MSP_DESK_URL ?? settings("deskUrl");
  if (url === undefined) {
    throw new ProviderError(
      "unavailable",
      "No off-boarding desk is configured, so nothing was sent.\nSet MSP_DESK_URL and MSP_DESK_TOKEN, or the configuration msp:deskUrl; `npx msp desk` starts one.",
      { operation: "reach the desk" },
    );
  }
  const tokenFile = inProject(env.MSP_DESK_TOKEN_FILE, cwd);
  const token =
    env.MSP_DESK_TOKEN ??
    (tokenFile === undefined ? undefined : readSecretFile(tokenFile, "MSP_DESK_TOKEN_FILE").trim());
  if (token === undefined || token === "") {
    throw new ProviderError(
      "unauthenticated",
      "A desk is configured, but no token for it.\nSet MSP_DESK_TOKEN, or MSP_DESK_TOKEN_FILE to a file that holds it; an admin of the desk makes one.",
    );
  }
  const http = createHttpClient({
    baseUrl: url,
    // It goes where the person who configured it says.
    allowedHosts: URL.canParse(url) ? [new URL(url).hostname] : [],
    platform: "The off-boarding desk",
    limiter: createLimiter({ requestsPerSecond: Number.POSITIVE_INFINITY, clock }),
    clock,
    random,
    attemptTimeoutMs: 30_000,
    totalTimeoutMs: 60_000,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    redact: [token],
    ...(transport === undefined ? {} : { transport }),
  });
  return createDesk({ http, token, version: VERSION });
}

/** From the environment, else from the file that the connection names: never from inputs, and never from configuration, which lands in state. */
function readCredentials(
  name: string,
  connection: Connection,
  definition: PlatformDefinition,
  { env, cwd }: SessionOptions,
): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  let file: Record<string, unknown> | undefined;
  for (const secret of definition.credentials(connection)) {
    const variable = variableOf(name, secret);
    if (file === undefined && env[variable] === undefined && connection.credentialsFile !== undefined) {
      file = readCredentialsFile(
        inProject(connection.credentialsFile, cwd) ?? "",
        `credentialsFile of connection ${name}`,
      );
    }
    const value = env[variable] ?? file?.[secret];
    if (typeof value !== "string" || value === "") {
      throw new ProviderError(
        "unauthenticated",
        `Connection ${name} has no ${secret}${file === undefined ? "" : ": its credentialsFile has no text under that name"}.\nSet ${variable}, or ${file === undefined ? "name a file that holds it in `credentialsFile`" : "write it there, in quotes"}.`,
        { platform: definition.title },
      );
    }
    found[secret] = value;
  }
  return found;
}

/** The variable that gives a secret of a connection. */
function variableOf(connection: string, secret: string): string {
  return `MSP_${connection}_${secret.replace(/[A-Z]/g, (letter) => `_${letter}`)}`.toUpperCase().replaceAll("-", "_");
}

/** Where the credentials came from, for whoever has to replace them. */
function sourceOf(
  name: string,
  connection: Connection,
  definition: PlatformDefinition,
  { env }: SessionOptions,
): string {
  const variables = definition.credentials(connection).map((secret) => variableOf(name, secret));
  const set = variables.filter((variable) => env[variable] !== undefined);
  const file = set.length < variables.length ? [`the credentialsFile of connection ${name}`] : [];
  return [...set, ...file].join(" and ");
}

function readCredentialsFile(file: string, what: string): Record<string, unknown> {
  const text = readSecretFile(file, what);
  // Loaded here only: most runs read no such file, and it takes as long to load as all of ours.
  const { parse } = require("yaml") as typeof import("yaml");
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    // The parser's own words quote the line, and with it the secret.
    value = undefined;
  }
  if (isRecord(value)) return value;
  throw new ProviderError(
    "unauthenticated",
    `${what} is no JSON or YAML object of names and values.\nWrite one line for each, such as accessToken: <value>.`,
  );
}

function readSecretFile(file: string, what: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ProviderError(
      "unauthenticated",
      `${what} can't be read (${(cause as NodeJS.ErrnoException).code}).\nName a file that this process may read.`,
      { cause },
    );
  }
}

function inProject(file: string | undefined, cwd: string): string | undefined {
  if (file === undefined || isAbsolute(file)) return file;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return join(folder, file);
    if (folder === dirname(folder)) return join(cwd, file);
  }
}
