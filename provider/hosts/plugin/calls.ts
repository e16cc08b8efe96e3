/** The methods that need the core: what they are asked is taken apart, and what `operations.ts` answers is put into messages. */
import type { ServerWritableStream } from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { finderOf } from "../../resources/import";
import { both, holding, redacted, type Secrets, secretTexts } from "../secrets";
import type { Properties } from "../state";
import type { Callbacks } from "./callbacks";
import { configChanges, configFailures, settingsOf } from "./config";
import { initFailed } from "./failure";
import { createInstances, type Instance, type Surroundings } from "./instances";
import {
  checked,
  compared,
  created,
  createPreviewed,
  deleted,
  partOf,
  read,
  type Target,
  targetOf,
  topOf,
  typeOf,
  updated,
  updatePreviewed,
} from "./operations";
import type { Runs } from "./runs";
import { failed, unary } from "./unary";
import { type Received, received, sent, wrapped } from "./values";
import type { Voices } from "./voices";

interface Asked {
  readonly instance: Instance;
  readonly target: Target;
}

/** Where the engine of a connection listens, how it is told a line, and what it calls back. */
export interface Engines {
  addressOf(peer: string): string | undefined;
  readonly voices: Voices;
  readonly callbacks: () => Callbacks;
}

/**
 * The methods over instances of their own; loaded when one of them is called first.
 * @public
 */
export function createCalls(surroundings: Surroundings, { addressOf, voices, callbacks }: Engines) {
  const instances = createInstances(surroundings);
  let runs: Runs | undefined;

  /** One operation on a resource: its time, its lines, its secrets and its failures. */
  async function operate<T>(
    peer: string,
    {
      urn,
      seconds = 0,
      verb,
      given,
    }: { readonly urn: string; readonly seconds?: number; readonly verb: string; readonly given: readonly Received[] },
    run: (asked: Asked) => Promise<T>,
  ): Promise<T> {
    const texts = given.flatMap(secretTexts);
    const told: Promise<void>[] = [];
    // What is still under way when its run is cancelled has lines to tell.
    const address = addressOf(peer);
    try {
      const instance = instances.of(peer);
      texts.push(...instance.secrets);
      const target = targetOf(urn);
      const log = (line: string) => {
        if (address !== undefined) told.push(voices.say(address, redacted(line, texts), urn));
      };
      return await instances.telling(log, () =>
        instance.session.within(() => run({ instance, target }), {
          signal: instance.signal,
          ...(seconds > 0 ? { timeoutSeconds: seconds } : {}),
        }),
      );
    } catch (error) {
      throw failed(error, texts, seconds > 0 ? `customTimeouts: ${verb}, ${seconds} seconds` : undefined);
    } finally {
      await Promise.all(told);
    }
  }

  return {
    cancel: (peer: string) => {
      instances.cancel(peer);
      runs?.end(peer);
    },
    checkConfig: unary(async (request: provider.CheckRequest) => {
      const news = received(request.getNews());
      const failures = await configFailures(news.plain, instances.open);
      const answer = new provider.CheckResponse();
      answer.setInputs(request.getNews());
      const texts = secretTexts(news);
      answer.setFailuresList(failures.map((reason) => failureMessage(redacted(reason, texts))));
      return answer;
    }),
    diffConfig: unary((request: provider.DiffRequest) => {
      const olds = received(request.getOldInputs() ?? request.getOlds()).plain;
      const changes = configChanges(olds, received(request.getNews()).plain);
      const answer = new provider.DiffResponse();
      answer.setChanges(
        changes.size > 0 ? provider.DiffResponse.DiffChanges.DIFF_SOME : provider.DiffResponse.DiffChanges.DIFF_NONE,
      );
      answer.setDiffsList([...changes.keys()]);
      answer.setHasdetaileddiff(changes.size > 0);
      for (const [key, kind] of changes) answer.getDetaileddiffMap().set(key, propertyDiff(kind, false, true));
      return answer;
    }),
    configure: unary((request: provider.ConfigureRequest, peer) => {
      const args = received(request.getArgs());
      const { connections: _, ...others } = args.plain;
      // Of the connections, names and kinds are words of every message.
      const secrets = secretTexts({ plain: others, secrets: args.secrets });
      const reference = request.hasUrn() ? `${request.getUrn()}::${request.getId()}` : undefined;
      instances.configure(peer, settingsOf(args.plain), secrets, reference);
      const answer = new provider.ConfigureResponse();
      answer.setAcceptsecrets(true);
      answer.setSupportspreview(true);
      answer.setAcceptresources(true);
      answer.setAcceptoutputs(true);
      answer.setSupportsAutonamingConfiguration(true);
      return answer;
    }),
    check: unary((request: provider.CheckRequest, peer) => {
      const [olds, news] = [received(request.getOlds()), received(request.getNews())];
      return operate(
        peer,
        { urn: request.getUrn(), verb: "check", given: [olds, news] },
        async ({ instance, target }) => {
          const { secrets } = news;
          const isSecret = (key: string) => secrets === true || (secrets !== undefined && secrets[key] !== undefined);
          const { defaults, failures } = checked(instance.session, target, olds.plain, news.plain, isSecret);
          const answer = new provider.CheckResponse();
          // As they were given, signatures and all, with the defaults beside them.
          answer.setInputs(sent({ ...(wrapped(news.plain, secrets) as Properties), ...defaults }));
          const texts = secretTexts(news);
          answer.setFailuresList(failures.map((reason) => failureMessage(redacted(reason, texts))));
          return answer;
        },
      );
    }),
    diff: unary((request: provider.DiffRequest, peer) => {
      const [olds, news, oldInputs] = [request.getOlds(), request.getNews(), request.getOldInputs()].map(received) as [
        Received,
        Received,
        Received,
      ];
      return operate(peer, { urn: request.getUrn(), verb: "diff", given: [olds, news] }, async ({ target }) => {
        const difference = compared(
          target,
          request.getId(),
          olds.plain,
          news.plain,
          oldInputs.plain,
          request.getIgnorechangesList(),
        );
        const answer = new provider.DiffResponse();
        const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
        answer.setChanges(difference.changes ? DIFF_SOME : DIFF_NONE);
        answer.setReplacesList([...difference.replaces]);
        answer.setStablesList([...difference.stables]);
        // The engine's own order would have the new one adopt the old one, and then delete it.
        answer.setDeletebeforereplace(difference.replaces.length > 0);
        answer.setDiffsList([...new Set([...difference.paths.keys()].map(topOf))]);
        answer.setHasdetaileddiff(difference.paths.size > 0);
        for (const [path, { kind, replaces, isInput }] of difference.paths)
          answer.getDetaileddiffMap().set(path, propertyDiff(kind, replaces, isInput));
        return answer;
      });
    }),
    create: unary((request: provider.CreateRequest, peer) => {
      const news = received(request.getProperties());
      const about = { urn: request.getUrn(), seconds: request.getTimeout(), verb: "create", given: [news] };
      return operate(peer, about, async ({ instance, target }) => {
        const answer = new provider.CreateResponse();
        try {
          const run = request.getPreview() ? createPreviewed : created;
          const { id, outputs } = await run(instance.session, target, news.plain);
          answer.setId(id);
          answer.setProperties(guarded(outputs, news));
          return answer;
        } catch (error) {
          const part = partOf(error, target, news.plain);
          if (part === undefined) throw error;
          const reasons = [redacted((error as Error).message, secretTexts(news))];
          const inputs = request.getProperties() as Struct;
          throw initFailed({ id: part.id, properties: guarded(part.outputs, news), inputs, reasons });
        }
      });
    }),
    update: unary((request: provider.UpdateRequest, peer) => {
      const [olds, news] = [received(request.getOlds()), received(request.getNews())];
      const about = { urn: request.getUrn(), seconds: request.getTimeout(), verb: "update", given: [olds, news] };
      return operate(peer, about, async ({ instance, target }) => {
        const run = request.getPreview() ? updatePreviewed : updated;
        const outputs = await run(instance.session, target, request.getId(), olds.plain, news.plain);
        const answer = new provider.UpdateResponse();
        answer.setProperties(guarded(outputs, news, olds));
        return answer;
      });
    }),
    read: unary((request: provider.ReadRequest, peer) => {
      const [olds, inputs] = [received(request.getProperties()), received(request.getInputs())];
      const about = { urn: request.getUrn(), seconds: request.getTimeout(), verb: "read", given: [olds, inputs] };
      return operate(peer, about, async ({ instance, target }) => {
        const seen = await read(instance.session, target, request.getId(), olds.plain);
        const answer = new provider.ReadResponse();
        if (seen === undefined) return answer;
        const secrets = { plain: { ...olds.plain, ...inputs.plain }, secrets: both(olds.secrets, inputs.secrets) };
        answer.setId(seen.id);
        answer.setProperties(guarded(seen.outputs, secrets));
        answer.setInputs(guarded(seen.inputs, secrets));
        return answer;
      });
    }),
    delete: unary((request: provider.DeleteRequest, peer) => {
      const olds = received(request.getProperties());
      const about = { urn: request.getUrn(), seconds: request.getTimeout(), verb: "delete", given: [olds] };
      return operate(peer, about, async ({ instance, target }) => {
        await deleted(instance.session, target, olds.plain);
        return new Empty();
      });
    }),
    construct: unary(async (request: provider.ConstructRequest, peer) => {
      const given = received(request.getInputs());
      const texts = [...secretTexts(given)];
      try {
        const instance = instances.of(peer);
        texts.push(...instance.secrets);
        // Few programs have a component: what it needs is loaded with the first.
        const { createRuns } = require("./runs") as typeof import("./runs");
        const { constructed } = require("./construct") as typeof import("./construct");
        runs ??= createRuns(callbacks(), voices);
        const monitor = request.getMonitorendpoint();
        const asking = { peer, instance, monitor, engine: addressOf(peer), isPreview: request.getDryrun() };
        return await constructed(request, instance, runs.of(asking));
      } catch (error) {
        throw failed(error, texts);
      }
    }),
    list: (call: ServerWritableStream<provider.ListRequest, provider.ListResponse>) => {
      void listed(call).then(
        () => call.end(),
        (error: unknown) => call.emit("error", failed(error, [])),
      );
    },
  };

  async function listed(call: ServerWritableStream<provider.ListRequest, provider.ListResponse>): Promise<void> {
    const { session, signal } = instances.of(call.getPeer());
    const type = typeOf(call.request.getToken());
    const wanted = received(call.request.getQuery()).plain.platform;
    const names = session.connectionNames.filter((name) => wanted === undefined || wanted === name);
    const limit = call.request.getLimit();
    let count = 0;
    for (const name of names) {
      // A connection whose platform has none of these has none to list.
      const context = session.checkContext(name);
      if (typeof context === "string" || context.capability(type, "read") === undefined) continue;
      const found = await session.within(async () => finderOf(type).list(await session.write(name, "")), { signal });
      for (const { id, name: title } of found) {
        if (limit > 0 && count >= limit) return;
        count += 1;
        const result = new provider.ListResponse.Result();
        result.setId(id);
        result.setName(title);
        const answer = new provider.ListResponse();
        answer.setResult(result);
        call.write(answer);
      }
    }
  }
}

/** Outputs with what was secret as secret: the program's inputs as it gave them, what only state has as it was, and what was made of a secret. */
function guarded(outputs: Properties, news: Received, olds?: Received): Struct {
  const given = new Set(Object.keys(news.plain));
  const before = olds?.secrets;
  const kept: Secrets =
    before === undefined || before === true
      ? undefined
      : Object.fromEntries(Object.entries(before).filter(([key]) => !given.has(key)));
  const made = holding(outputs, secretTexts(news));
  return sent(wrapped(outputs, both(both(news.secrets, kept), made)) as Properties);
}

function failureMessage(reason: string): provider.CheckFailure {
  const failure = new provider.CheckFailure();
  // Without the property: the engine would print its value.
  failure.setReason(reason);
  return failure;
}

function propertyDiff(kind: "add" | "delete" | "update", replaces: boolean, isInput: boolean): provider.PropertyDiff {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = provider.PropertyDiff.Kind;
  const kinds = {
    add: [ADD, ADD_REPLACE],
    delete: [DELETE, DELETE_REPLACE],
    update: [UPDATE, UPDATE_REPLACE],
  } as const;
  const diff = new provider.PropertyDiff();
  diff.setKind(kinds[kind][replaces ? 1 : 0]);
  diff.setInputdiff(isInput);
  return diff;
}
