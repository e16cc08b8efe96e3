/** The engine's side of a component: asks for one, takes what it registers, and calls its hooks, over gRPC. */
import { credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import { CallbacksClient } from "@pulumi/pulumi/proto/callback_grpc_pb";
import { type Callback, CallbackInvokeRequest, type CallbackInvokeResponse } from "@pulumi/pulumi/proto/callback_pb";
import { ConstructRequest, type ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import {
  type RegisterResourceHookRequest,
  type RegisterResourceOutputsRequest,
  type RegisterResourceRequest,
  RegisterResourceResponse,
  ResourceHookRequest,
  ResourceHookResponse,
  Result,
} from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Properties } from "../../../../provider/hosts/state";
import type { Connection } from "./engine";

export interface Asked {
  readonly inputs?: Properties;
  readonly type?: string;
  readonly preview?: boolean;
  readonly adjust?: (request: ConstructRequest) => void;
}

type Answer<A> = (error: { code: number; details: string } | null, answer: A | null) => void;
type Call<Q> = { readonly request: Q };

export class Monitor {
  readonly registered: RegisterResourceRequest[] = [];
  readonly finished: string[] = [];
  readonly hooks = new Map<string, Callback>();
  /** Resources that the platform refuses. */
  readonly failing = new Set<string>();
  readonly program: string;
  private readonly server = new Server();
  private readonly urns = new Map<string, string>();
  private address = "";
  private isPreview = false;

  private constructor(program: string) {
    this.program = program;
    this.server.addService(ResourceMonitorService as never, {
      registerResource: ({ request }: Call<RegisterResourceRequest>, back: Answer<RegisterResourceResponse>) =>
        back(null, this.register(request)),
      registerResourceOutputs: ({ request }: Call<RegisterResourceOutputsRequest>, back: Answer<Empty>) => {
        this.finished.push(request.getUrn());
        back(null, new Empty());
      },
      registerResourceHook: ({ request }: Call<RegisterResourceHookRequest>, back: Answer<Empty>) => {
        const name = request.getName();
        // As the engine has it.
        if (this.hooks.has(name))
          return back({ code: 2, details: `resource hook already registered for name "${name}"` }, null);
        this.hooks.set(name, request.getCallback() as Callback);
        back(null, new Empty());
      },
    });
  }

  /** For the program `project/stack`. */
  static async open(program: string): Promise<Monitor> {
    const monitor = new Monitor(program);
    const port = await new Promise<number>((resolve, reject) =>
      monitor.server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
        error === null ? resolve(bound) : reject(error),
      ),
    );
    monitor.address = `127.0.0.1:${port}`;
    return monitor;
  }

  close(): void {
    this.server.forceShutdown();
  }

  async construct(connection: Connection, name: string, asked: Asked = {}): Promise<ConstructResponse> {
    const { inputs = {}, type = "msp:index:FleetCustomer", preview = false, adjust } = asked;
    this.isPreview = preview;
    const [project = "", stack = ""] = this.program.split("/");
    const request = new ConstructRequest();
    request.setProject(project);
    request.setStack(stack);
    request.setType(type);
    request.setName(name);
    request.setDryrun(preview);
    request.setMonitorendpoint(this.address);
    request.setParent(this.urn("pulumi:pulumi:Stack", `${project}-${stack}`));
    request.setInputs(Struct.fromJavaScript(JSON.parse(JSON.stringify(inputs))));
    request.setAcceptsOutputValues(true);
    adjust?.(request);
    return connection.call("construct", request);
  }

  /** What a hook says of a resource; a text where it refuses. */
  async call(hook: string, urn: string, outputs: Properties): Promise<string> {
    const callback = this.hooks.get(hook) as Callback;
    const request = new ResourceHookRequest();
    request.setUrn(urn);
    request.setOldOutputs(Struct.fromJavaScript(JSON.parse(JSON.stringify(outputs))));
    const invoke = new CallbackInvokeRequest();
    invoke.setToken(callback.getToken());
    invoke.setRequest(request.serializeBinary());
    const client = new CallbacksClient(callback.getTarget(), credentials.createInsecure());
    try {
      const answer = await new Promise<CallbackInvokeResponse>((resolve, reject) =>
        client.invoke(invoke, (error, response) => (error === null ? resolve(response) : reject(error))),
      );
      return ResourceHookResponse.deserializeBinary(answer.getResponse_asU8()).getError();
    } finally {
      client.close();
    }
  }

  urn(type: string, name: string): string {
    const [project, stack] = this.program.split("/");
    return `urn:pulumi:${stack}::${project}::${type}::${name}`;
  }

  private register(request: RegisterResourceRequest): RegisterResourceResponse {
    this.registered.push(request);
    const answer = new RegisterResourceResponse();
    const name = request.getName();
    if (this.failing.has(name)) answer.setResult(Result.FAIL);
    else {
      const parent = request.getParent().split("::")[2];
      const above = parent === undefined || parent === "pulumi:pulumi:Stack" ? "" : `${parent}$`;
      answer.setUrn(this.urn(`${above}${request.getType()}`, name));
      if (request.getCustom() && !this.isPreview) answer.setId(`id of ${name}`);
      answer.setObject(
        Struct.fromJavaScript({
          ...(request.getObject()?.toJavaScript() ?? {}),
          ...(request.getType().startsWith("random:") ? { result: "k3x9" } : {}),
        }),
      );
    }
    this.urns.set(name, answer.getUrn());
    return answer;
  }
}
