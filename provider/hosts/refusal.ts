import * as pulumi from "@pulumi/pulumi";
import { isProviderError } from "../errors";

/** Runs a part of a program; what it refuses ends the program with its message alone, as the engine prints the stack of any other error. */
export function refusing<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (isProviderError(error)) throw new pulumi.RunError(error.message);
    throw error;
  }
}
