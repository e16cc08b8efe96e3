/** What the engine asks of a resource, over either host: the dynamic one as its plain calls, the plugin as its messages, without a socket between. */
import { type sendUnaryData, type ServiceError, status, type UntypedServiceImplementation } from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { shim } from "../../provider/hosts/dynamic";
import type { Target } from "../../provider/hosts/plugin/operations";
import { createService } from "../../provider/hosts/plugin/service";
import { providerOver } from "../../provider/hosts/runtime";
import type { Properties } from "../../provider/hosts/state";
import type { ResourceType } from "../../provider/platforms/platform";
import type { Life, Process } from "./life";

/** What state keeps of a resource. */
export interface Kept {
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export interface Host {
  /** The inputs with their defaults; throws what is refused. */
  check(target: Target, olds: Properties, news: Properties): Promise<Properties>;
  compare(target: Target, held: Kept, inputs: Properties): Promise<"same" | "update" | "replace">;
  /** What a preview asks besides; throws what is refused. */
  foresee(target: Target, held: Kept | undefined, inputs: Properties): Promise<void>;
  create(target: Target, inputs: Properties): Promise<Omit<Kept, "inputs">>;
  update(target: Target, held: Kept, inputs: Properties): Promise<Properties>;
  /** Undefined where it is gone. */
  read(target: Target, held: Kept): Promise<Kept | undefined>;
  delete(target: Target, held: Kept): Promise<void>;
}

/** A failure as the engine is told it. */
export class Refused extends Error {}

/** A create that was made in part: state keeps what is there. */
export class MadeInPart extends Refused {
  readonly kept: Omit<Kept, "inputs">;

  constructor(message: string, kept: Omit<Kept, "inputs">) {
    super(message);
    this.kept = kept;
  }
}

/** The same for as long as the process lives. */
export function alive(life: Life, host: Host): Host {
  return {
    check: (...args) => life.run(() => host.check(...args)),
    compare: (...args) => life.run(() => host.compare(...args)),
    foresee: (...args) => life.run(() => host.foresee(...args)),
    create: (...args) => life.run(() => host.create(...args)),
    update: (...args) => life.run(() => host.update(...args)),
    read: (...args) => life.run(() => host.read(...args)),
    delete: (...args) => life.run(() => host.delete(...args)),
  };
}

/** The host of a program in TypeScript: it evaluates the string in state, and the resource's class says who it is. */
export function dynamicHost(process: Process): Host {
  const session = process.session();
  const known = new Map<ResourceType, ReturnType<typeof providerOver>>();
  const of = (type: ResourceType) => {
    const one = known.get(type) ?? providerOver(type, () => session);
    if (!known.has(type)) one.configure({ config: { get: () => undefined } });
    known.set(type, one);
    return one;
  };
  const hosted = (properties: object, source: Properties) => ({ ...wire(properties), __provider: source.__provider });
  return {
    async check({ type, resource }, olds, news) {
      const given = wire({ ...news, __provider: shim(type), __resource: resource });
      const { inputs, failures } = await of(type).check(wire(olds), given);
      if (failures.length > 0) throw new Refused(failures.map(({ reason }) => reason).join("\n"));
      return wire(inputs);
    },
    async compare({ type }, { id, outputs }, inputs) {
      const { changes, replaces } = await of(type).diff(id, wire(outputs), wire(inputs));
      return replaces.length > 0 ? "replace" : changes ? "update" : "same";
    },
    foresee: async () => undefined,
    async create({ type }, inputs) {
      try {
        const { id, outs } = await of(type).create(wire(inputs));
        return { id, outputs: hosted(outs, inputs) };
      } catch (error) {
        const { message, id, properties } = error as Error & { readonly id?: string; readonly properties?: Properties };
        if (id === undefined || properties === undefined) throw error;
        throw new MadeInPart(message, { id, outputs: hosted(properties, inputs) });
      }
    },
    update: async ({ type }, { id, outputs }, inputs) =>
      hosted((await of(type).update(id, wire(outputs), wire(inputs))).outs, inputs),
    async read({ type }, { id, outputs }) {
      const answer = await of(type).read(id, wire(outputs));
      if (answer.id === "") return undefined;
      return { id: answer.id, inputs: hosted(answer.inputs ?? {}, outputs), outputs: hosted(answer.props, outputs) };
    },
    delete: ({ type }, { id, outputs }) => of(type).delete(id, wire(outputs)),
  };
}

/** The plugin, configured as the default provider of a stack. */
export function pluginHost(process: Process): Host {
  const service = createService({ ...process.surroundings, isSolo: true }, () => {
    throw new Error("A lifecycle's program makes no component.");
  });
  let configured: Promise<unknown> | undefined;
  const call = async <A>(method: string, request: object): Promise<A> => {
    const configure = new provider.ConfigureRequest();
    configure.setArgs(struct(process.settings()));
    configured ??= ask(service, "configure", configure);
    await configured;
    return ask(service, method, request);
  };
  const about = <R extends { setUrn(urn: string): void }>(request: R, { type, resource }: Target): R => {
    const [program = "", name = ""] = resource.split("::");
    const [project, stack] = program.split("/");
    request.setUrn(`urn:pulumi:${stack}::${project}::msp:index:${type}::${name}`);
    return request;
  };
  const createRequest = (target: Target, inputs: Properties, isPreview: boolean) => {
    const request = about(new provider.CreateRequest(), target);
    request.setProperties(struct(inputs));
    request.setPreview(isPreview);
    return request;
  };
  const updateRequest = (target: Target, held: Kept, inputs: Properties, isPreview: boolean) => {
    const request = about(new provider.UpdateRequest(), target);
    request.setId(held.id);
    request.setOldInputs(struct(held.inputs));
    request.setOlds(struct(held.outputs));
    request.setNews(struct(inputs));
    request.setPreview(isPreview);
    return request;
  };
  return {
    async check(target, olds, news) {
      const request = about(new provider.CheckRequest(), target);
      request.setOlds(struct(olds));
      request.setNews(struct(news));
      const answer = await call<provider.CheckResponse>("check", request);
      const failures = answer.getFailuresList();
      if (failures.length > 0) throw new Refused(failures.map((failure) => failure.getReason()).join("\n"));
      return plain(answer.getInputs());
    },
    async compare(target, held, inputs) {
      const request = about(new provider.DiffRequest(), target);
      request.setId(held.id);
      request.setOldInputs(struct(held.inputs));
      request.setOlds(struct(held.outputs));
      request.setNews(struct(inputs));
      const answer = await call<provider.DiffResponse>("diff", request);
      if (answer.getReplacesList().length > 0) return "replace";
      return answer.getChanges() === provider.DiffResponse.DiffChanges.DIFF_SOME ? "update" : "same";
    },
    async foresee(target, held, inputs) {
      if (held === undefined) await call("create", createRequest(target, inputs, true));
      else await call("update", updateRequest(target, held, inputs, true));
    },
    async create(target, inputs) {
      const answer = await call<provider.CreateResponse>("create", createRequest(target, inputs, false));
      return { id: answer.getId(), outputs: plain(answer.getProperties()) };
    },
    async update(target, held, inputs) {
      const answer = await call<provider.UpdateResponse>("update", updateRequest(target, held, inputs, false));
      return plain(answer.getProperties());
    },
    async read(target, held) {
      const request = about(new provider.ReadRequest(), target);
      request.setId(held.id);
      request.setInputs(struct(held.inputs));
      request.setProperties(struct(held.outputs));
      const answer = await call<provider.ReadResponse>("read", request);
      if (answer.getId() === "") return undefined;
      return { id: answer.getId(), inputs: plain(answer.getInputs()), outputs: plain(answer.getProperties()) };
    },
    async delete(target, held) {
      const request = about(new provider.DeleteRequest(), target);
      request.setId(held.id);
      request.setOldInputs(struct(held.inputs));
      request.setProperties(struct(held.outputs));
      await call("delete", request);
    },
  };
}

type Handler = (call: object, callback: sendUnaryData<unknown>) => void;

/** One message, as the server would be handed it. */
function ask<A>(service: UntypedServiceImplementation, method: string, request: object): Promise<A> {
  return new Promise((resolve, reject) => {
    (service[method] as Handler)({ request, getPeer: () => "engine" }, (error, answer) => {
      if (error === null) resolve(answer as A);
      else reject(refusedBy(error as ServiceError));
    });
  });
}

/** What the plugin tells where it failed in a way that it should not. */
const BUGS: readonly status[] = [status.INTERNAL, status.UNIMPLEMENTED];

function refusedBy(error: ServiceError): Error {
  const { code, details, metadata } = error;
  if (BUGS.includes(code)) return error;
  const [packed] = metadata.get("grpc-status-details-bin");
  if (packed === undefined) return new Refused(details);
  const [detail] = Status.deserializeBinary(packed as Buffer).getDetailsList();
  const part = detail?.unpack(provider.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  if (part === null || part === undefined) return new Refused(details);
  return new MadeInPart(details, { id: part.getId(), outputs: plain(part.getProperties()) });
}

function struct(properties: Properties): Struct {
  return Struct.fromJavaScript(wire(properties) as never);
}

function plain(message: Struct | undefined): Properties {
  return (message?.toJavaScript() ?? {}) as Properties;
}

/** What is left of an object on its way through the engine. */
export function wire(properties: object): Properties {
  return JSON.parse(JSON.stringify(properties)) as Properties;
}
