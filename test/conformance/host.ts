/**
 * The port through which a story meets a host: what the engine asks of a resource, and what it keeps of the answer. Both hosts are served over
 * gRPC and asked by the same code; a host's manners are what the engine itself does otherwise for it.
 */
import type { ServiceError } from "@grpc/grpc-js";
import type { Properties } from "../../provider/hosts/state";
import type { Connection, DiffAnswer, Line } from "../provider/hosts/plugin/engine";
import { madeInPart } from "../provider/hosts/plugin/signatures";
import type { Declared, Held } from "../provider/lifecycle/harness";

export type HostName = "dynamic" | "plugin";

/** Values of its arguments may be marked as secrets or as not known. */
export type { Declared, Held } from "../provider/lifecycle/harness";

export interface Checked {
  readonly inputs: Properties;
  readonly failures: readonly string[];
}

/** What the engine does for one host and not for the other. */
export interface Manners {
  urn(declared: Declared): string;
  /** What a program's resource passes besides its arguments. */
  hidden(declared: Declared): Properties;
  /** Properties as the host is sent them. */
  send(properties: Properties): Properties;
  /** An answer as the engine takes it, knowing what it sent. */
  take(answer: Properties, sent: Properties): Properties;
  /** Whether it is asked what a create or an update would come to. */
  readonly previews: boolean;
}

export interface Host {
  readonly name: HostName;
  /** What it has told the person who runs it. */
  readonly lines: readonly Line[];
  /** One run of the engine, which knows nothing of the run before. */
  open(): Promise<Run>;
  close(): void;
}

/** What a call fails with, as the engine is handed it. */
export class Refused extends Error {
  readonly code: number;
  /** What is there of a create that was made in part. */
  readonly held: Held | undefined;

  constructor(message: string, code: number, held: Held | undefined) {
    super(message);
    this.code = code;
    this.held = held;
  }
}

/** One run of the engine on a host. */
export class Run {
  readonly connection: Connection;
  private readonly manners: Manners;

  constructor(connection: Connection, manners: Manners) {
    this.connection = connection;
    this.manners = manners;
  }

  urn(declared: Declared): string {
    return this.manners.urn(declared);
  }

  async check(declared: Declared, held?: Held): Promise<Checked> {
    const { urn, send, take, hidden } = this.manners;
    const news = { ...declared.args, ...hidden(declared) };
    const olds = held === undefined ? undefined : send(held.inputs);
    const { inputs, failures } = await asked(() => this.connection.checked(urn(declared), olds, send(news)));
    return { inputs: take(inputs, news), failures };
  }

  /** What the program says against what state holds. */
  async diff(held: Held, news: Properties): Promise<DiffAnswer> {
    const { urn, send } = this.manners;
    return asked(() => this.connection.diff(urn(held.declared), held.id, this.sent(held), send(news)));
  }

  /** What it would come to; undefined where the engine does not ask. */
  async preview(declared: Declared, inputs: Properties, held?: Held): Promise<Properties | undefined> {
    const { urn, send, take, previews } = this.manners;
    if (!previews) return undefined;
    const options = { preview: true };
    const [at, news] = [urn(declared), send(inputs)];
    const outputs = await asked(async () =>
      held === undefined
        ? (await this.connection.create(at, news, options)).outputs
        : this.connection.update(at, held.id, this.sent(held), news, options),
    );
    return take(outputs, inputs);
  }

  async create(declared: Declared, inputs: Properties, options: { readonly timeout?: number } = {}): Promise<Held> {
    const { urn, send, take } = this.manners;
    const part = (id: string, outputs: Properties): Held => ({ declared, id, inputs, outputs: take(outputs, inputs) });
    const { id, outputs } = await asked(() => this.connection.create(urn(declared), send(inputs), options), part);
    return part(id, outputs);
  }

  async update(held: Held, declared: Declared, inputs: Properties): Promise<Held> {
    const { urn, send, take } = this.manners;
    const outputs = await asked(() => this.connection.update(urn(declared), held.id, this.sent(held), send(inputs)));
    return { declared, id: held.id, inputs, outputs: take(outputs, inputs) };
  }

  /** As a refresh reads; undefined when it is gone. */
  async read(held: Held): Promise<Held | undefined> {
    const { urn, take } = this.manners;
    const seen = await asked(() => this.connection.read(urn(held.declared), held.id, this.sent(held)));
    if (seen === undefined || seen.id === "") return undefined;
    return {
      declared: held.declared,
      id: seen.id,
      inputs: take(seen.inputs, held.inputs),
      outputs: take(seen.outputs, held.outputs),
    };
  }

  async delete(held: Held): Promise<void> {
    await asked(() => this.connection.delete(this.manners.urn(held.declared), held.id, this.sent(held)));
  }

  private sent({ inputs, outputs }: Held): { readonly inputs: Properties; readonly outputs: Properties } {
    return { inputs: this.manners.send(inputs), outputs: this.manners.send(outputs) };
  }
}

async function asked<T>(call: () => Promise<T>, part?: (id: string, outputs: Properties) => Held): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isServiceError(error)) throw error;
    const made = madeInPart(error);
    // The engine shows the reasons of what was made in part, and the details of everything else.
    const words = made === undefined ? error.details : made.reasons.join("\n");
    throw new Refused(words, error.code, made === undefined ? undefined : part?.(made.id, made.properties));
  }
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "details" in error && "metadata" in error;
}
