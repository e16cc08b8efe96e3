/**
 * Says a leaving in full words when it is previewed, and refuses there what is refused. The engine asks the provider nothing about a resource
 * that will be deleted, so this is a hook of the program: `announceLeavings()` as its first line.
 */
import { AsyncResource } from "node:async_hooks";
import * as pulumi from "@pulumi/pulumi";
import { systemClock, systemRandom } from "../clock";
import { resourceTypes } from "../resources/registry";
import { resourceNamed } from "./dynamic";
import { describeLeaving, openLeavings } from "./leavings";
import { redacted, type Secrets, secretTexts } from "./secrets";
import { createSession, type Session } from "./session";
import { dynamicType, pluginType, type Properties } from "./state";

/** The hook's name lives in state with each resource: it is never renamed, and a program that once had it must keep it. */
const HOOK = "msp:before-delete";

export interface AnnounceOptions {
  /** Environment of the credentials and of the desk, if not this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Makes every msp resource of this program, on either host, say in a preview what its deletion will file, for whom and what stays. With it `pulumi destroy`
 * needs `--run-program`, and the line must stay for as long as the stack has such resources. What has an explicit provider says nothing: its
 * connections and its desk are that provider's, and a program can't ask for them.
 */
export function announceLeavings(options: AnnounceOptions = {}): void {
  const config = new pulumi.Config("msp");
  let session: Session | undefined;
  const run = () => {
    session ??= createSession({
      settings: (key) => config.get(key),
      env: options.env ?? process.env,
      cwd: process.cwd(),
      clock: systemClock,
      random: systemRandom,
      log: () => undefined,
    });
    return session;
  };
  const types = new Map(
    resourceTypes.flatMap((type) => [
      [dynamicType(type), type],
      [pluginType(type), type],
    ]),
  );
  const hook = new pulumi.ResourceHook(
    HOOK,
    // Inline programs share one process: without this the line would go to the local console instead of the engine.
    AsyncResource.bind(async (args: pulumi.ResourceHookArgs) => {
      const type = types.get(args.type);
      // In the update the provider itself decides and tells.
      if (type === undefined || !pulumi.runtime.isDryRun()) return;
      const session = run();
      const outputs = await opened(args.oldOutputs ?? {});
      const texts = secretTexts(outputs);
      let line: string;
      try {
        line = await session.within(() => describeLeaving(session, type, outputs.plain));
      } catch (error) {
        if (error instanceof Error) error.message = redacted(error.message, texts);
        throw error;
      }
      await pulumi.log.info(redacted(line, texts), { urn: pulumi.output(args.urn) } as unknown as pulumi.Resource);
    }),
    { onDryRun: true },
  );
  let own: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  pulumi.runtime.registerStackTransformation((args) => {
    if (!types.has(args.type) || hasProviderOfItsOwn(args)) return undefined;
    own ??= openLeavings(run());
    const leaving = own.then((requests) => requests.get(resourceNamed(args.name)));
    return {
      props: { ...args.props, __leaving: leaving },
      opts: pulumi.mergeOptions(args.opts, { hooks: { beforeDelete: [hook] } }),
    };
  });
}

function hasProviderOfItsOwn({ type, opts }: pulumi.ResourceTransformationArgs): boolean {
  const { provider, parent } = opts as pulumi.CustomResourceOptions;
  return provider !== undefined || parent?.getProvider(type) !== undefined;
}

/** Old outputs as plain data: the SDK hands secrets on as outputs. */
async function opened(outputs: object): Promise<{ readonly plain: Properties; readonly secrets: Secrets }> {
  const plain: Properties = {};
  const secrets: Record<string, Secrets> = {};
  for (const [key, value] of Object.entries(outputs)) {
    const output = pulumi.output(value) as unknown as pulumi.Output<unknown>;
    plain[key] = await new Promise((resolve) => output.apply(resolve));
    if (await pulumi.isSecret(output)) secrets[key] = true;
  }
  return { plain, secrets };
}
