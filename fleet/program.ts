import * as pulumi from "@pulumi/pulumi";
import { announceLeavings, FleetCustomer } from "../provider";
import { refusing } from "../provider/hosts/refusal";
import { loadFleet } from "./load/load";

export interface FleetProgramOptions {
  /** Environment of the credentials and of the desk, if not this process's: for programs that run inline. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A Pulumi program that turns a fleet file into resources, and says every leaving when it is previewed. */
export function fleetProgram(file: string, options: FleetProgramOptions = {}): () => Promise<void> {
  return async () => {
    shortenFirst();
    const fleet = refusing(() => loadFleet(file));
    announceLeavings(options);
    const customers = fleet.customers.map(
      (entry) =>
        new FleetCustomer(entry.key, { entry, ...(fleet.defaults === undefined ? {} : { defaults: fleet.defaults }) }),
    );
    await endWhole(
      customers.flatMap(({ customer, owners, assignments }) => [customer ?? [], owners, assignments].flat()),
    );
  };
}

/**
 * With `--continue-on-error`, what needs a resource that failed is never registered, and the SDK ends an inline program as if it were whole:
 * the engine would take what is still declared for dropped, and off-board it. A program that fails deletes nothing.
 */
async function endWhole(resources: readonly pulumi.Resource[]): Promise<void> {
  const registered = await Promise.all(resources.map(isRegistered));
  if (registered.includes(false)) {
    throw new pulumi.RunError(
      "Something failed that other resources of this program need, so nothing is taken away in this run.\nCorrect what failed, then run this again.",
    );
  }
}

function isRegistered({ urn }: pulumi.Resource): Promise<boolean> {
  return new Promise((resolve) => {
    pulumi
      .recover(
        urn.apply(() => true),
        () => false,
      )
      .apply(resolve);
  });
}

/** What needs a resource that failed is an unhandled exception to the SDK, told with its stack: the words are enough. */
function shorten(error: unknown): void {
  if (error instanceof Error && error.message.endsWith("failed to register")) error.stack = "";
}

/** Before the SDK's own listener, which prints; a program that is broken off never ends, so it stays. */
function shortenFirst(): void {
  process.off("unhandledRejection", shorten);
  process.prependListener("unhandledRejection", shorten);
}
