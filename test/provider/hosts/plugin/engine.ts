/** Speaks to the plugin as Pulumi's engine does: over gRPC on loopback, with one connection for each provider instance. */
import { credentials, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Surroundings } from "../../../../provider/hosts/plugin/instances";
import { type PluginServer, startPluginServer } from "../../../../provider/hosts/plugin/server";
import type { Properties } from "../../../../provider/hosts/state";
import { steadyRandom } from "../../http/manual-clock";
import type { MspWorld } from "../../lifecycle/msp-world";
import { madeInPart, messageOf, withoutSecrets } from "./signatures";

export interface Line {
  readonly urn: string;
  readonly message: string;
}

/** A provider that is served on loopback, and what has come out of it. */
export interface Served {
  readonly port: number;
  readonly engineAddress: string;
  /** Everything that has left it. */
  readonly answers: string[];
  /** The same, without what left it marked as a secret. */
  readonly seen: string[];
}

/** The plugin, served; and an engine that hears its lines. */
export class PluginStage implements Served {
  readonly world: MspWorld;
  readonly lines: Line[] = [];
  /** Of each engine that was attached: tells the plugin that it is dead. */
  readonly deaths: (() => void)[] = [];
  readonly answers: string[] = [];
  readonly seen: string[] = [];
  readonly port: number;
  readonly engineAddress: string;
  private readonly server: PluginServer;
  private readonly engine: Server;
  private readonly connections: Connection[] = [];

  private constructor(world: MspWorld, server: PluginServer, engine: Server, enginePort: number) {
    this.world = world;
    this.server = server;
    this.port = server.port;
    this.engine = engine;
    this.engineAddress = `127.0.0.1:${enginePort}`;
  }

  static async open(world: MspWorld, wire: Pick<Surroundings, "transport"> = {}): Promise<PluginStage> {
    const { env, folder: cwd, clock } = world;
    let stage: PluginStage | undefined;
    const server = await startPluginServer({
      ...wire,
      env,
      cwd,
      clock,
      random: steadyRandom,
      watch: (_, onDead) => stage?.deaths.push(onDead),
    });
    const engine = new Server();
    engine.addService(EngineService as never, {
      log: ({ request }: { request: LogRequest }, callback: (error: null, answer: Empty) => void) => {
        stage?.lines.push({ urn: request.getUrn(), message: request.getMessage() });
        stage?.answers.push(request.getMessage());
        stage?.seen.push(request.getMessage());
        callback(null, new Empty());
      },
    });
    const port = await new Promise<number>((resolve, reject) =>
      engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    stage = new PluginStage(world, server, engine, port);
    return stage;
  }

  /** A provider instance as a run of the engine opens it. */
  async connect(config: Properties = configOf(this.world), attaches = false): Promise<Connection> {
    const connection = new Connection(this);
    this.connections.push(connection);
    await connection.handshake();
    if (attaches) await connection.attach(this.engineAddress);
    await connection.configure(config);
    return connection;
  }

  /** One that has said nothing yet. */
  bare(): Connection {
    const connection = new Connection(this);
    this.connections.push(connection);
    return connection;
  }

  urn(type: string, name: string): string {
    const [project, stack] = this.world.program.split("/");
    return `urn:pulumi:${stack}::${project}::msp:index:${type}::${name}`;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
    this.server.close();
    this.engine.forceShutdown();
  }
}

export function configOf(world: MspWorld): Properties {
  return Object.fromEntries(Object.entries(world.config).filter(([, value]) => value !== undefined));
}

export interface DiffAnswer {
  readonly changes: boolean;
  readonly replaces: readonly string[];
  readonly stables: readonly string[];
  readonly diffs: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly paths: Readonly<Record<string, { readonly kind: string; readonly isInput: boolean }>>;
}

const KINDS = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

export class Connection {
  private readonly stage: Served;
  private readonly client: ResourceProviderClient;

  constructor(stage: Served) {
    this.stage = stage;
    // The engine dials for each instance; here connections to one address would be shared.
    this.client = new ResourceProviderClient(`127.0.0.1:${stage.port}`, credentials.createInsecure(), {
      "grpc.use_local_subchannel_pool": 1,
    });
  }

  /** Any method, as its message; what comes back is kept for a look for secrets. */
  async call<A>(method: string, request: object): Promise<A> {
    const client = this.client as unknown as Record<
      string,
      (request: object, back: (error: ServiceError | null, answer: { toObject(): object }) => void) => void
    >;
    return new Promise((resolve, reject) => {
      client[method]?.(request, (error, answer) => {
        if (error !== null) {
          this.keep(error.details, error.metadata.getMap(), madeInPart(error));
          reject(error);
          return;
        }
        this.keep(messageOf(answer.toObject()));
        resolve(answer as A);
      });
    });
  }

  private keep(...parts: readonly unknown[]): void {
    this.stage.answers.push(JSON.stringify(parts));
    this.stage.seen.push(JSON.stringify(withoutSecrets(parts)));
  }

  async handshake(): Promise<provider.ProviderHandshakeResponse> {
    const request = new provider.ProviderHandshakeRequest();
    request.setEngineAddress(this.stage.engineAddress);
    request.setConfigureWithUrn(true);
    return this.call("handshake", request);
  }

  async attach(address: string): Promise<void> {
    const request = new PluginAttach();
    request.setAddress(address);
    await this.call("attach", request);
  }

  async configure(config: Properties): Promise<provider.ConfigureResponse> {
    const request = new provider.ConfigureRequest();
    request.setArgs(struct(config));
    request.setAcceptsecrets(true);
    return this.call("configure", request);
  }

  async checkConfig(config: Properties): Promise<readonly string[]> {
    const request = new provider.CheckRequest();
    request.setUrn("urn:pulumi:prod::msp::pulumi:providers:msp::default");
    request.setNews(struct(config));
    const answer = await this.call<provider.CheckResponse>("checkConfig", request);
    return answer.getFailuresList().map((failure) => failure.getReason());
  }

  async diffConfig(olds: Properties, news: Properties): Promise<readonly string[]> {
    const request = new provider.DiffRequest();
    request.setOldInputs(struct(olds));
    request.setOlds(struct(olds));
    request.setNews(struct(news));
    const answer = await this.call<provider.DiffResponse>("diffConfig", request);
    return answer.getDiffsList();
  }

  async check(urn: string, olds: Properties | undefined, news: Properties): Promise<Properties> {
    const { inputs, failures } = await this.checked(urn, olds, news);
    if (failures.length > 0) throw new Error(failures.join("\n"));
    return inputs;
  }

  async checked(
    urn: string,
    olds: Properties | undefined,
    news: Properties,
  ): Promise<{ readonly inputs: Properties; readonly failures: readonly string[] }> {
    const request = new provider.CheckRequest();
    request.setUrn(urn);
    // The engine sends an empty message for none.
    request.setOlds(struct(olds ?? {}));
    request.setNews(struct(news));
    const answer = await this.call<provider.CheckResponse>("check", request);
    for (const failure of answer.getFailuresList())
      if (failure.getProperty() !== "")
        throw new Error("A failure names a property, and the engine would print its value.");
    return {
      inputs: plain(answer.getInputs()),
      failures: answer.getFailuresList().map((failure) => failure.getReason()),
    };
  }

  async diff(
    urn: string,
    id: string,
    olds: { readonly inputs: Properties; readonly outputs: Properties },
    news: Properties,
    ignored: readonly string[] = [],
  ): Promise<DiffAnswer> {
    const request = new provider.DiffRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(struct(olds.inputs));
    request.setOlds(struct(olds.outputs));
    request.setNews(struct(news));
    request.setIgnorechangesList([...ignored]);
    const answer = await this.call<provider.DiffResponse>("diff", request);
    const paths: Record<string, { kind: string; isInput: boolean }> = {};
    answer.getDetaileddiffMap().forEach((diff: provider.PropertyDiff, path: string) => {
      paths[path] = { kind: KINDS[diff.getKind()] ?? "?", isInput: diff.getInputdiff() };
    });
    return {
      changes: answer.getChanges() === provider.DiffResponse.DiffChanges.DIFF_SOME,
      replaces: answer.getReplacesList(),
      stables: answer.getStablesList(),
      diffs: answer.getDiffsList(),
      deleteBeforeReplace: answer.getDeletebeforereplace(),
      paths,
    };
  }

  async create(
    urn: string,
    inputs: Properties,
    { preview = false, timeout = 0 } = {},
  ): Promise<{ readonly id: string; readonly outputs: Properties }> {
    const request = new provider.CreateRequest();
    request.setUrn(urn);
    request.setProperties(struct(inputs));
    request.setPreview(preview);
    request.setTimeout(timeout);
    const answer = await this.call<provider.CreateResponse>("create", request);
    return { id: answer.getId(), outputs: plain(answer.getProperties()) };
  }

  async update(
    urn: string,
    id: string,
    olds: { readonly inputs: Properties; readonly outputs: Properties },
    news: Properties,
    { preview = false, timeout = 0 } = {},
  ): Promise<Properties> {
    const request = new provider.UpdateRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(struct(olds.inputs));
    request.setOlds(struct(olds.outputs));
    request.setNews(struct(news));
    request.setPreview(preview);
    request.setTimeout(timeout);
    return plain((await this.call<provider.UpdateResponse>("update", request)).getProperties());
  }

  /** By its id alone where nothing else is given. */
  async read(
    urn: string,
    id: string,
    olds?: { readonly inputs: Properties; readonly outputs: Properties },
  ): Promise<{ readonly id: string; readonly inputs: Properties; readonly outputs: Properties } | undefined> {
    const request = new provider.ReadRequest();
    request.setUrn(urn);
    request.setId(id);
    if (olds !== undefined) {
      request.setInputs(struct(olds.inputs));
      request.setProperties(struct(olds.outputs));
    }
    const answer = await this.call<provider.ReadResponse>("read", request);
    if (answer.getProperties() === undefined) return undefined;
    return { id: answer.getId(), inputs: plain(answer.getInputs()), outputs: plain(answer.getProperties()) };
  }

  async delete(
    urn: string,
    id: string,
    olds: { readonly inputs: Properties; readonly outputs: Properties },
  ): Promise<void> {
    const request = new provider.DeleteRequest();
    request.setUrn(urn);
    request.setId(id);
    request.setOldInputs(struct(olds.inputs));
    request.setProperties(struct(olds.outputs));
    await this.call("delete", request);
  }

  async list(
    token: string,
    query: Properties = {},
  ): Promise<readonly { readonly id: string; readonly name: string }[]> {
    const request = new provider.ListRequest();
    request.setToken(token);
    request.setQuery(struct(query));
    const found: { id: string; name: string }[] = [];
    const stream = (
      this.client as unknown as { list(request: provider.ListRequest): AsyncIterable<provider.ListResponse> }
    ).list(request);
    for await (const answer of stream) {
      this.keep(messageOf(answer.toObject()));
      const result = answer.getResult();
      if (result !== undefined) found.push({ id: result.getId(), name: result.getName() });
    }
    return found;
  }

  async cancel(): Promise<void> {
    await this.call("cancel", new Empty());
  }

  close(): void {
    this.client.close();
  }
}

/** What a failed call tells. */
export async function refusal(call: Promise<unknown>): Promise<ServiceError> {
  try {
    await call;
  } catch (error) {
    return error as ServiceError;
  }
  throw new Error("The call should have failed.");
}

function struct(value: Properties): Struct {
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(value)));
}

function plain(value: Struct | undefined): Properties {
  return (value?.toJavaScript() ?? {}) as Properties;
}
