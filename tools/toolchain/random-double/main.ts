import { isDeepStrictEqual } from "node:util";
import { type handleUnaryCall, Server, ServerCredentials, status } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { RANDOM_PLUGIN_VERSION } from "../versions";
import { type Properties, RANDOM_TYPES, type RandomType } from "./values";

/**
 * A test double of Pulumi's random provider, for machines that can't reach Pulumi's download: real randomness, five resource types, and any
 * change of an input replaces. The engine starts it as a plugin; it prints its port and ends when the engine does.
 */
const SECRET_SIGNATURE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

type Handler = (request: never) => unknown;

// No handshake: an engine that gets one calls create in a preview too, and would show values there that the update then doesn't give.
const handlers: Readonly<Record<string, Handler>> = {
  getPluginInfo: () => new plugin.PluginInfo().setVersion(RANDOM_PLUGIN_VERSION),
  checkConfig: (request: proto.CheckRequest) => new proto.CheckResponse().setInputs(request.getNews()),
  diffConfig: () => new proto.DiffResponse().setChanges(proto.DiffResponse.DiffChanges.DIFF_NONE),
  configure: () => new proto.ConfigureResponse().setSupportspreview(false),
  check(request: proto.CheckRequest) {
    const inputs = { ...typeOf(request.getUrn()).defaults, ...propertiesOf(request.getNews()) };
    return new proto.CheckResponse().setInputs(structOf(inputs));
  },
  diff(request: proto.DiffRequest) {
    const [before, after] = [propertiesOf(request.getOldInputs()), propertiesOf(request.getNews())];
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    const changed = [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
    const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
    const changes = changed.length > 0 ? DIFF_SOME : DIFF_NONE;
    return new proto.DiffResponse().setChanges(changes).setDiffsList(changed).setReplacesList(changed);
  },
  create(request: proto.CreateRequest) {
    const inputs = propertiesOf(request.getProperties());
    const { id, outputs } = typeOf(request.getUrn()).make(inputs);
    const isPassword = request.getUrn().includes("RandomPassword");
    const shown = isPassword ? { result: { ...SECRET_SIGNATURE, value: outputs.result } } : outputs;
    return new proto.CreateResponse().setId(id).setProperties(structOf({ ...inputs, ...shown }));
  },
  read: (request: proto.ReadRequest) =>
    new proto.ReadResponse()
      .setId(request.getId())
      .setInputs(request.getInputs())
      .setProperties(request.getProperties()),
  delete: () => new Empty(),
  cancel: () => new Empty(),
};

function typeOf(urn: string): RandomType {
  const name = urn.split("::")[2]?.split(":").at(-1) ?? "";
  const type = RANDOM_TYPES[name];
  if (type === undefined) throw new Error(`the test double of @pulumi/random has no ${name || urn}`);
  return type;
}

function propertiesOf(struct: Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

function structOf(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

function answered(handle: Handler): handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    try {
      callback(null, handle(call.request as never));
    } catch (error) {
      callback({ code: status.UNKNOWN, details: (error as Error).message });
    }
  };
}

function main(): void {
  const server = new Server();
  const service = Object.entries(handlers).map(([name, handle]) => [name, answered(handle)]);
  // The generated service type asks for a handler of every method; what is left out is answered as unimplemented, which is what it is.
  server.addService(ResourceProviderService as never, Object.fromEntries(service));
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(port);
  });
  // A killed engine leaves its plugins behind: this one sees that its parent is gone.
  const parent = process.ppid;
  setInterval(() => process.ppid !== parent && process.exit(0), 1000).unref();
}

main();
