/** Shows on both hosts what may differ and no story can show: methods that one of them does not have. */
import { status } from "@grpc/grpc-js";
import { expect } from "chai";
import { shim } from "../../provider/hosts/state";
import { createTransport } from "../../provider/http/transport";
import { openHoldingFront } from "../e2e/support/holding-front";
import { configOf, refusal } from "../provider/hosts/plugin/engine";
import { secret } from "../provider/hosts/plugin/signatures";
import { type MspWorld, openWorld } from "../provider/lifecycle/msp-world";
import type { DIFFERENCES } from "./differences";
import { openDynamicHost } from "./dynamic-host";
import type { Declared, Held, Host, Run } from "./host";
import { openPluginHost } from "./plugin-host";
import { COMPANY, FIRST_USER, JANE } from "./subjects";

/** Both hosts in one world, each with a run under way. */
interface Pair {
  readonly world: MspWorld;
  readonly dynamic: Run;
  readonly plugin: Run;
}

type Unshown = Exclude<(typeof DIFFERENCES)[number], { readonly without: unknown }>["what"];

async function withBoth(
  show: (pair: Pair) => Promise<void>,
  prepare?: (world: MspWorld) => Promise<() => Promise<void>>,
) {
  const world = await openWorld();
  const transport = createTransport();
  const undo = await prepare?.(world);
  const hosts: Host[] = [openDynamicHost(world, transport), await openPluginHost(world, transport)];
  try {
    world.armourzero.world.add(JANE, "Front Desk", {});
    await world.armourzero.operator.importInventory();
    const [dynamic, plugin] = await Promise.all(hosts.map((host) => host.open()));
    await show({ world, dynamic, plugin } as Pair);
  } finally {
    for (const host of hosts) host.close();
    transport.close();
    await undo?.();
    await world.close();
  }
}

const owner = (world: MspWorld, email: unknown = JANE): Declared => ({
  type: "DeviceOwner",
  name: "jane",
  args: { platform: world.names.armourzero, email, products: [] },
});

async function made(run: Run, declared: Declared): Promise<Held> {
  return run.create(declared, (await run.check(declared)).inputs);
}

/** The SDK's service prints an error of its own besides handing it on. */
async function unprinted<T>(call: () => Promise<T>): Promise<T> {
  const print = console.error;
  const printed: unknown[] = [];
  console.error = (text: unknown) => printed.push(text);
  try {
    return await call();
  } finally {
    console.error = print;
    expect(printed).to.have.length(1);
  }
}

/** A creation whose answer is held back; tells whether it has ended by the time that something else was answered. */
async function held(name: "dynamic" | "plugin", end: (run: Run, world: MspWorld) => Promise<void>): Promise<boolean> {
  let ended = false;
  let front: Awaited<ReturnType<typeof openHoldingFront>> | undefined;
  const behindFront = async (world: MspWorld) => {
    const opened = await openHoldingFront(world.lmpi.url);
    front = opened;
    const connections = JSON.parse(String(world.config.connections)) as Record<string, object>;
    const slow = { endpoint: opened.url, attemptTimeoutSeconds: 200, totalTimeoutSeconds: 250 };
    connections[world.names.lmp] = { ...connections[world.names.lmp], ...slow };
    world.config.connections = JSON.stringify(connections);
    return () => opened.close();
  };
  await withBoth(async ({ world, [name]: run }) => {
    const args = { platform: world.names.lmp, name: "Acme", company: COMPANY, firstUser: FIRST_USER };
    const declared: Declared = { type: "Customer", name: "acme", args };
    const { inputs } = await run.check(declared);
    const holding = front?.hold({ method: "POST", path: /customers/, at: "before its answer" });
    const creating = run.create(declared, inputs, { timeout: 45 }).catch(() => undefined);
    const letGo = await holding;
    await end(run, world);
    ended =
      (await Promise.race([
        letGo?.abandoned.then(() => true),
        run.check(declared).then(
          () => false,
          () => false,
        ),
      ])) === true;
    // Whoever still waits has no time left now.
    world.clock.advance(300_000);
    await creating;
  }, behindFront);
  return ended;
}

export const PROOFS: Readonly<Record<Unshown, () => Promise<void>>> = {
  "A secret in what an id is made of": () =>
    withBoth(async ({ world, dynamic, plugin }) => {
      const declared = owner(world, secret(JANE));
      expect((await dynamic.check(declared)).failures).to.deep.equal([]);
      expect((await made(dynamic, declared)).id).to.equal(JANE);
      expect((await plugin.check(declared)).failures.join()).to.contain("email can't be secret here");
    }),

  "State that lacks `__provider`": () =>
    withBoth(async ({ world, dynamic, plugin }) => {
      for (const [run, changes] of [
        [dynamic, true],
        [plugin, false],
      ] as const) {
        const declared = owner(world);
        const { __provider, ...outputs } = (await made(run, declared)).outputs;
        expect(__provider).to.equal(shim("DeviceOwner"));
        const { inputs } = await run.check(declared);
        expect((await run.diff({ declared, id: JANE, inputs, outputs }, inputs)).changes).to.equal(changes);
      }
    }),

  Import: () =>
    withBoth(async ({ world, dynamic, plugin }) => {
      const id = `${world.names.armourzero}/${JANE}`;
      const found = await plugin.connection.read(plugin.urn(owner(world)), id);
      expect(found?.inputs).to.include({ email: JANE });
      const { details } = await unprinted(() => refusal(dynamic.connection.read(dynamic.urn(owner(world)), id)));
      expect(details).to.contain("code must be a string");
    }),

  "List (`pulumi do ... list`)": () =>
    withBoth(async ({ world, dynamic, plugin }) => {
      const listed = (run: Run) => run.connection.list("msp:index:DeviceOwner", { platform: world.names.armourzero });
      expect((await listed(plugin)).map(({ name }) => name)).to.deep.equal(["Front Desk"]);
      expect((await refusal(listed(dynamic))).code).to.equal(status.UNIMPLEMENTED);
    }),

  Configuration: () =>
    withBoth(async ({ world, dynamic, plugin }) => {
      const [valid, wrong] = [configOf(world), { ...configOf(world), connections: "{" }];
      expect((await plugin.connection.checkConfig(wrong)).join()).to.contain("msp:connections is not an object");
      expect(await plugin.connection.diffConfig(valid, wrong)).to.deep.equal(["connections"]);
      for (const call of [dynamic.connection.checkConfig(wrong), dynamic.connection.diffConfig(valid, wrong)])
        expect((await refusal(call)).code).to.equal(status.UNIMPLEMENTED);
    }),

  "`customTimeouts`": async () => {
    const pass = async (_: Run, world: MspWorld) => world.clock.advance(45_000);
    expect([await held("dynamic", pass), await held("plugin", pass)]).to.deep.equal([false, true]);
  },

  "Ctrl-C": async () => {
    const press = async ({ connection }: Run) => connection.cancel();
    expect([await held("dynamic", press), await held("plugin", press)]).to.deep.equal([false, true]);
  },

  "Engines that share one process": () =>
    withBoth(async ({ dynamic, plugin }) => {
      await plugin.connection.attach("127.0.0.1:1");
      expect((await refusal(dynamic.connection.attach("127.0.0.1:1"))).code).to.equal(status.UNIMPLEMENTED);
    }),
};
