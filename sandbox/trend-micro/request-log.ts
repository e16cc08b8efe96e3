import type { OperationName } from "./operations";

/** One request, without headers and bodies: neither token nor signature is ever kept. */
export interface LoggedRequest {
  /** Milliseconds since the epoch, on the sandbox's clock. */
  readonly at: number;
  readonly method: string;
  /** Path with those parts of the query that LMPI knows. */
  readonly path: string;
  readonly operation: OperationName | "unknown";
  readonly kind: "read" | "write";
  /** The status that was answered; "dropped" when the connection was cut. */
  readonly status: number | "dropped";
  /** Whether a write changed the world, whatever was answered. */
  readonly isCommitted: boolean;
  /** Which of the account's keys signed it, in order of their issue; missing where none did. */
  readonly key?: number;
}

const KNOWN_QUERY = [
  "user_modified_start",
  "user_modified_end",
  "created_start",
  "created_end",
  "modified_start",
  "modified_end",
  "page",
  "limit",
];

/** What the sandbox was asked, in order. */
export class RequestLog {
  private kept: LoggedRequest[] = [];
  private readonly secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.secrets = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]);
  }

  get entries(): readonly LoggedRequest[] {
    return this.kept;
  }

  /** Requests to operations that write, whether they did or not. */
  writes(): readonly LoggedRequest[] {
    return this.kept.filter((entry) => entry.kind === "write");
  }

  reads(): readonly LoggedRequest[] {
    return this.kept.filter((entry) => entry.kind === "read");
  }

  of(operation: LoggedRequest["operation"]): readonly LoggedRequest[] {
    return this.kept.filter((entry) => entry.operation === operation);
  }

  reset(): void {
    this.kept = [];
  }

  add(entry: LoggedRequest): void {
    this.kept.push({ ...entry, path: this.cleanPath(entry.path) });
  }

  private cleanPath(uri: string): string {
    const mark = uri.indexOf("?");
    const path = mark === -1 ? uri : uri.slice(0, mark);
    const query = new URLSearchParams(mark === -1 ? "" : uri.slice(mark + 1));
    const known = KNOWN_QUERY.filter((name) => query.has(name)).map((name) => `${name}=${query.get(name)}`);
    const cleaned = known.length === 0 ? path : `${path}?${known.join("&")}`;
    return this.secrets.reduce((text, secret) => text.replaceAll(secret, "[hidden]"), cleaned);
  }
}
