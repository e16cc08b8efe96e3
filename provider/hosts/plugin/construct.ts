/**
 * The component: it registers with the engine what `FleetCustomer` of a Node program does, with the same names and edges. Straight with the
 * engine's monitor, without the SDK's runtime: that is one for a process, and a server may serve many engines at once.
 */
import { status } from "@grpc/grpc-js";
import { Alias } from "@pulumi/pulumi/proto/alias_pb";
import { type ConstructRequest, ConstructResponse } from "@pulumi/pulumi/proto/provider_pb";
import { RegisterResourceOutputsRequest, RegisterResourceRequest, Result } from "@pulumi/pulumi/proto/resource_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { ProviderError } from "../../errors";
import { UNKNOWN } from "../../lifecycle/unknowns";
import type { ResourceType } from "../../platforms/platform";
import { makeParts } from "../fleet-parts";
import { dynamicType, type Properties } from "../state";
import { failureOf } from "./failure";
import { fleetInputs } from "./fleet-inputs";
import type { Instance } from "./instances";
import type { Run } from "./runs";
import { outputOf, sent, settled } from "./values";

const COMPONENT = "msp:index:FleetCustomer";

const { PropertyDependencies, ResourceHooksBinding } = RegisterResourceRequest;

/** A part that the engine has. */
interface Registered {
  readonly urn: string;
  readonly id: string;
  readonly outputs: Properties;
}

interface Part {
  readonly type: string;
  readonly name: string;
  readonly args: object;
  readonly dependsOn?: readonly Promise<Registered>[];
}

/**
 * Registers the component and all its parts; throws once the others have ended, if one has failed.
 * @public
 */
export async function constructed(request: ConstructRequest, instance: Instance, run: Run): Promise<ConstructResponse> {
  if (request.getType() !== COMPONENT)
    throw failureOf(status.INVALID_ARGUMENT, `pulumi-msp has no component ${request.getType()}; it has ${COMPONENT}.`);
  const inputs = fleetInputs((request.getInputs()?.toJavaScript() ?? {}) as Properties);
  const name = request.getName();
  const program = `${request.getProject()}/${request.getStack()}`;
  const { urn } = await registered(run, componentOf(request));
  const hook = inputs.announces ? await run.hook() : undefined;
  const made: Promise<Registered>[] = [];
  const make = (part: Part) => {
    const whole = registeredPart(part, run, { component: urn, program, provider: instance.reference, hook });
    whole.catch(() => undefined);
    made.push(whole);
    return whole;
  };
  const msp =
    (type: ResourceType) =>
    (part: string, args: object, dependsOn: readonly Promise<Registered>[] = []) =>
      make({ type: `msp:index:${type}`, name: part, args, dependsOn });
  try {
    makeParts(name, inputs.entry, inputs.defaults, {
      hasCustomers: (connection) => {
        const context = instance.session.checkContext(connection);
        if (typeof context === "string") throw new ProviderError("validation", `${context}.`);
        return (context.capability("Customer", "create") ?? context.capability("Customer", "read")) !== undefined;
      },
      customer: msp("Customer"),
      owner: msp("DeviceOwner"),
      assignment: msp("ProductAssignment"),
      idOf: (customer) => from(customer, ({ id }) => (id === "" ? UNKNOWN : id)),
      emailOf: (owner) => from(owner, ({ outputs }) => outputs.email),
      loginName: (part, prefix) => {
        const args = { length: 8, special: false, upper: false };
        const suffix = make({ type: "random:index/randomString:RandomString", name: part, args });
        return from(suffix, ({ outputs: { result } }) => (result === UNKNOWN ? UNKNOWN : `${prefix}-${result}`));
      },
    });
  } finally {
    await Promise.allSettled(made);
  }
  await Promise.all(made);
  const outputs = new RegisterResourceOutputsRequest();
  outputs.setUrn(urn);
  outputs.setOutputs(new Struct());
  await run.finish(outputs);
  const answer = new ConstructResponse();
  answer.setUrn(urn);
  answer.setState(new Struct());
  return answer;
}

/** What surrounds the parts of one component. */
interface Around {
  readonly component: string;
  readonly program: string;
  /** The instance that makes the component serves its parts too. */
  readonly provider: string | undefined;
  readonly hook: string | undefined;
}

async function registeredPart(
  part: Part,
  run: Run,
  { component, program, provider, hook }: Around,
): Promise<Registered> {
  const [args, needed] = await Promise.all([awaited(part.args), Promise.all(part.dependsOn ?? [])]);
  const request = registration(part.type, part.name, component);
  request.setCustom(true);
  const inputs: Properties = {};
  const dependencies = needed.map(({ urn }) => urn);
  for (const [key, value] of Object.entries(args as Properties)) {
    const [plain, urns] = settled(value);
    inputs[key] = plain;
    const list = new PropertyDependencies();
    list.setUrnsList([...new Set(urns)]);
    request.getPropertydependenciesMap().set(key, list);
    dependencies.push(...urns);
  }
  request.setDependenciesList([...new Set(dependencies)]);
  const [, msp] = /^msp:index:(\w+)$/.exec(part.type) ?? [];
  if (msp !== undefined) {
    if (provider !== undefined) request.setProvider(provider);
    // A program of the other host that goes to this one finds its state unchanged.
    const spec = new Alias.Spec();
    spec.setType(dynamicType(msp as ResourceType));
    const alias = new Alias();
    alias.setSpec(spec);
    request.setAliasesList([alias]);
    if (hook !== undefined) {
      const binding = new ResourceHooksBinding();
      binding.setBeforeDeleteList([hook]);
      request.setHooks(binding);
      inputs.__leaving = await run.leaving(`${program}::${part.name}`);
    }
  }
  request.setObject(sent(inputs));
  return registered(run, request);
}

/** The component itself, with the options that the program gave it; its parts inherit them from the engine. */
function componentOf(request: ConstructRequest): RegisterResourceRequest {
  const component = registration(request.getType(), request.getName(), request.getParent());
  component.setObject(new Struct());
  component.setAliasesList(request.getAliasesList());
  component.setDependenciesList(request.getDependenciesList());
  component.setDeletedwith(request.getDeletedwith());
  component.setReplaceWithList(request.getReplaceWithList());
  request.getProvidersMap().forEach((reference: string, name: string) => {
    component.getProvidersMap().set(name, reference);
  });
  if (request.hasProtect()) component.setProtect(request.getProtect() === true);
  if (request.hasRetainondelete()) component.setRetainondelete(request.getRetainondelete() === true);
  const hooks = request.getResourceHooks();
  // One message under two names.
  if (hooks !== undefined) component.setHooks(ResourceHooksBinding.deserializeBinary(hooks.serializeBinary()));
  return component;
}

function registration(type: string, name: string, parent: string): RegisterResourceRequest {
  const request = new RegisterResourceRequest();
  request.setType(type);
  request.setName(name);
  request.setParent(parent);
  request.setAcceptsecrets(true);
  request.setAcceptresources(true);
  request.setSupportspartialvalues(true);
  request.setSupportsresultreporting(true);
  request.setAliasspecs(true);
  return request;
}

async function registered(run: Run, request: RegisterResourceRequest): Promise<Registered> {
  const answer = await run.register(request);
  // With --continue-on-error the engine goes on; without what could not be registered it would take what is declared for dropped.
  if (answer.getResult() !== Result.SUCCESS)
    throw new ProviderError(
      "blocked",
      "Something of this customer failed, so nothing is taken away in this run.\nCorrect what failed, then run this again.",
    );
  return {
    urn: answer.getUrn(),
    id: answer.getId(),
    outputs: (answer.getObject()?.toJavaScript() ?? {}) as Properties,
  };
}

/** A text of a part, which may not be known before it is made. */
function from(part: Promise<Registered>, text: (part: Registered) => unknown): Promise<string> {
  const output = part.then((registered) => outputOf(registered.urn, text(registered)) as string);
  output.catch(() => undefined);
  return output;
}

/** With what is still to come in it, at any depth. */
async function awaited(value: unknown): Promise<unknown> {
  const here = await value;
  if (Array.isArray(here)) return Promise.all(here.map(awaited));
  if (typeof here !== "object" || here === null) return here;
  const members = Object.entries(here).map(async ([key, member]) => [key, await awaited(member)] as const);
  return Object.fromEntries(await Promise.all(members));
}
