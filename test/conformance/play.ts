/** Plays a story on both hosts, each in a fresh world of its own, and tells both in words that no world's names, ids or ports are in. */
import type { Random } from "../../provider/clock";
import type { MspWorld } from "../provider/lifecycle/msp-world";
import { openWorld } from "../provider/lifecycle/msp-world";
import { openDynamicHost } from "./dynamic-host";
import type { HostName } from "./host";
import { openPluginHost } from "./plugin-host";
import { type Call, recording, type Story, Teller, type Told, worldAsLeft } from "./teller";

const HOSTS = { dynamic: openDynamicHost, plugin: openPluginHost } as const;

/** What the story was on that host. */
export async function play(story: Story, name: HostName): Promise<Told> {
  const world = await openWorld({ lmpi: { random: counted() } });
  const calls: Call[] = [];
  const transport = recording(world, calls);
  const host = await HOSTS[name](world, transport);
  try {
    const teller = new Teller(world, host, calls);
    await story.tell(teller);
    const { entries } = teller;
    return nameless(world, {
      entries: entries.filter(({ step }) => step !== "preview"),
      world: await worldAsLeft(world),
      previews: entries.filter(({ step }) => step === "preview"),
    });
  } finally {
    host.close();
    transport.close();
    await world.close();
  }
}

let worlds = 0;

/** Ids of a platform in the order in which it gives them; an account is known by those in it, so each world has its own. */
function counted(): Random {
  worlds += 1;
  const world = worlds.toString(16).padStart(8, "0");
  let given = 0;
  return {
    next: () => 0.5,
    uuid: () => {
      given += 1;
      return `${world}-0000-4000-8000-${given.toString(16).padStart(12, "0")}`;
    },
  };
}

/** Ids are named by their order, so that those of one world are those of another where both do the same. */
function nameless(world: MspWorld, told: Told): Told {
  const number = /\d+$/.exec(world.names.lmp)?.[0] ?? "";
  const named = (kind: string) => {
    const ids = new Map<string, string>();
    return (id: string) => {
      const key = id.toLowerCase();
      const name = ids.get(key) ?? `${kind}-${ids.size + 1}`;
      ids.set(key, name);
      return name;
    };
  };
  const text = JSON.stringify(told)
    .replaceAll(new RegExp(`\\b(lmp|clp|az|armourzero|world)-${number}\\b`, "g"), "$1")
    .replaceAll(`MSP_LMP_${number}_`, "MSP_LMP_")
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, named("id"))
    .replaceAll(/\bR-\d+\b/g, named("R"))
    .replaceAll(/\bI-\d+\b/g, named("I"))
    .replaceAll(/(?<=127\.0\.0\.1:)\d+/g, "port");
  return JSON.parse(text) as Told;
}
