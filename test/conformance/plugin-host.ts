/** The plugin, on a port of its own. */
import type { Transport } from "../../provider/http/transport";
import { PluginStage } from "../provider/hosts/plugin/engine";
import type { MspWorld } from "../provider/lifecycle/msp-world";
import { type Host, Run } from "./host";

/** Serves the plugin for a world. */
export async function openPluginHost(
  world: MspWorld,
  transport: Transport,
): Promise<Host & { readonly stage: PluginStage }> {
  const stage = await PluginStage.open(world, { transport });
  return {
    name: "plugin",
    stage,
    lines: stage.lines,
    open: async () =>
      new Run(await stage.connect(), {
        urn: ({ type, name }) => stage.urn(type, name),
        hidden: () => ({}),
        send: (properties) => properties,
        take: (answer) => answer,
        previews: true,
      }),
    close: () => stage.close(),
  };
}
