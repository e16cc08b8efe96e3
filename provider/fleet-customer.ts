import * as pulumi from "@pulumi/pulumi";
import type { Connections, FleetCustomerEntry, FleetDefaults } from "./generated/types";
import { Customer, DeviceOwner, ProductAssignment } from "./hosts/dynamic";
import { makeParts } from "./hosts/fleet-parts";
import { refusing } from "./hosts/refusal";
import { nearest } from "./nearest";
import { platforms } from "./platforms/registry";

export interface FleetCustomerArgs {
  readonly entry: FleetCustomerEntry;
  readonly defaults?: FleetDefaults;
}

/** One customer with all its parts, from a fleet entry. */
export class FleetCustomer extends pulumi.ComponentResource {
  readonly customer: Customer | undefined;
  readonly owners: readonly DeviceOwner[];
  readonly assignments: readonly ProductAssignment[];

  constructor(name: string, args: FleetCustomerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("msp:index:FleetCustomer", name, {}, opts);
    const { entry, defaults = {} } = args;
    const connections = new pulumi.Config("msp").requireObject<Connections>("connections");
    const parent = { parent: this };
    const { customer, owners, assignments } = refusing(() =>
      makeParts<Customer, DeviceOwner, ProductAssignment>(name, entry, defaults, {
        hasCustomers: (platform) => capability(connections, platform, name) !== undefined,
        customer: (part, args) => new Customer(part, args, parent),
        owner: (part, args) => new DeviceOwner(part, args, parent),
        assignment: (part, args, dependsOn) =>
          new ProductAssignment(part, args, { ...parent, dependsOn: [...dependsOn] }),
        idOf: ({ customerId }) => customerId,
        emailOf: ({ email }) => email,
        loginName: (part, prefix) => loginName(name, part, prefix, parent),
      }),
    );
    this.customer = customer;
    this.owners = owners;
    this.assignments = assignments;
    this.registerOutputs({});
  }
}

/** It comes from @pulumi/random, an optional peer: only a fleet file that asks for one needs it. */
function loginName(name: string, part: string, prefix: string, opts: pulumi.CustomResourceOptions) {
  let random: typeof import("@pulumi/random");
  try {
    random = require("@pulumi/random");
  } catch {
    throw new pulumi.RunError(
      `Customer ${name} asks for a generated login name, which needs the package @pulumi/random.\nInstall it: npm install @pulumi/random; or write the login name out.`,
    );
  }
  const suffix = new random.RandomString(part, { length: 8, special: false, upper: false }, opts);
  return pulumi.interpolate`${prefix}-${suffix.result}`;
}

function capability(connections: Connections, platform: string, name: string) {
  const connection = connections[platform];
  if (connection === undefined) {
    const names = Object.keys(connections);
    const near = nearest(platform, names, 1)[0];
    throw new pulumi.RunError(
      `Customer ${name} names connection ${platform}, which msp:connections does not have; ${near === undefined ? (names.length === 0 ? "add it there" : `use ${names.join(" or ")}, or add it there`) : `did you mean ${near}?`}`,
    );
  }
  return platforms[connection.platform].capabilities(connection).Customer;
}
