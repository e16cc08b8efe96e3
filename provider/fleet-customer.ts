import * as pulumi from "@pulumi/pulumi";
import type {
  Connections,
  FirstUser,
  FleetCustomerEntry,
  FleetDefaults,
  FleetFirstUser,
  FleetOwner,
  FleetProduct,
  FleetProductSettings,
} from "./generated/types";
import { Customer, DeviceOwner, ProductAssignment } from "./hosts/dynamic";
import { nearest } from "./nearest";
import { platforms } from "./platforms/registry";

export interface FleetCustomerArgs {
  readonly entry: FleetCustomerEntry;
  readonly defaults?: FleetDefaults;
}

/**
 * One customer with all its parts, from a fleet entry. Logical names say owner and product; the surviving customer or owner carries the
 * declared list of its products, so that its own diff shows a drop; products depend on it, so that they leave first.
 */
export class FleetCustomer extends pulumi.ComponentResource {
  readonly customer: Customer | undefined;
  readonly owners: readonly DeviceOwner[];
  readonly assignments: readonly ProductAssignment[];

  constructor(name: string, args: FleetCustomerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("msp:index:FleetCustomer", name, {}, opts);
    const { entry, defaults = {} } = args;
    const connections = new pulumi.Config("msp").requireObject<Connections>("connections");
    const hasCustomers = capability(connections, entry.platform, name) !== undefined;
    const assignments: ProductAssignment[] = [];
    const parent = { parent: this };
    const adopt = entry.adopt ?? defaults.adopt;
    const wait = entry.wait ?? defaults.wait;
    const products = (entry.products ?? []).map(settings);

    this.customer = hasCustomers ? customerOf(name, entry, products, { adopt, wait }, parent) : undefined;
    if (this.customer === undefined && products.length > 0) {
      throw new pulumi.RunError(
        `Customer ${name} lists products, and the platform of connection ${entry.platform} assigns products to owners.\nMove them under \`owners:\`.`,
      );
    }
    for (const product of products) {
      if (this.customer === undefined) break;
      assignments.push(
        assignment(
          `${name}/${slug(product.product)}`,
          product,
          { adopt, wait, licence: defaults.licence },
          {
            platform: entry.platform,
            customer: this.customer.customerId,
            subjectName: entry.name,
          },
          { ...parent, dependsOn: [this.customer] },
        ),
      );
    }
    this.owners = (entry.owners ?? []).map((owner) => {
      const platform = owner.platform ?? entry.platform;
      const owned = (owner.products ?? []).map(settings);
      const resource = ownerOf(`${name}/${owner.key}`, owner, platform, owned, parent);
      const dependsOn = this.customer === undefined ? [resource] : [resource, this.customer];
      for (const product of owned) {
        assignments.push(
          assignment(
            `${name}/${owner.key}/${slug(product.product)}`,
            product,
            { adopt, wait, licence: defaults.licence },
            {
              platform,
              // Taken from the resource: where the owner is replaced, its products leave before it does.
              owner: resource.email,
              ...(owner.name === undefined ? {} : { subjectName: owner.name }),
            },
            { ...parent, dependsOn },
          ),
        );
      }
      return resource;
    });
    this.assignments = assignments;
    this.registerOutputs({});
  }
}

type Inherited = Pick<FleetProductSettings, "licence" | "wait" | "adopt">;
type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

function customerOf(
  name: string,
  entry: FleetCustomerEntry,
  products: readonly FleetProductSettings[],
  inherited: Loose<Inherited>,
  opts: pulumi.CustomResourceOptions,
): Customer {
  if (entry.company === undefined) {
    throw new pulumi.RunError(
      `Customer ${name} has no \`company\`, and the platform of connection ${entry.platform} needs its profile.\nAdd company: {city, state, country}.`,
    );
  }
  return new Customer(
    name,
    {
      platform: entry.platform,
      name: entry.name,
      company: entry.company,
      products: products.map((product) => product.product),
      ...(entry.firstUser === undefined ? {} : { firstUser: firstUser(name, entry.firstUser, opts) }),
      ...(entry.deletionProtection === undefined ? {} : { deletionProtection: entry.deletionProtection }),
      ...(entry.onDelete === undefined ? {} : { onDelete: entry.onDelete }),
      ...given({ adopt: inherited.adopt, wait: inherited.wait }),
    },
    opts,
  );
}

function ownerOf(
  name: string,
  owner: FleetOwner,
  platform: string,
  products: readonly FleetProductSettings[],
  opts: pulumi.CustomResourceOptions,
): DeviceOwner {
  return new DeviceOwner(
    name,
    {
      platform,
      email: owner.email,
      products: products.map((product) => product.product),
      ...(owner.name === undefined ? {} : { name: owner.name }),
    },
    opts,
  );
}

function assignment(
  name: string,
  product: FleetProductSettings,
  inherited: Loose<Inherited>,
  whose: {
    readonly platform: string;
    readonly customer?: pulumi.Input<string>;
    readonly owner?: pulumi.Input<string>;
    readonly subjectName?: string;
  },
  opts: pulumi.CustomResourceOptions,
): ProductAssignment {
  return new ProductAssignment(
    name,
    {
      ...whose,
      product: product.product,
      ...given({
        units: product.units,
        startsOn: product.startsOn,
        licence: product.licence ?? inherited.licence,
        wait: product.wait ?? inherited.wait,
        adopt: product.adopt ?? inherited.adopt,
      }),
    },
    opts,
  );
}

/** A login name that must be unique on the platform comes from @pulumi/random, an optional peer: only a fleet file that asks for one needs it. */
function firstUser(name: string, user: FleetFirstUser, opts: pulumi.CustomResourceOptions): pulumi.Input<FirstUser> {
  const { loginName, ...rest } = user;
  if (typeof loginName === "string") return { ...rest, loginName };
  let random: typeof import("@pulumi/random");
  try {
    random = require("@pulumi/random");
  } catch {
    throw new pulumi.RunError(
      `Customer ${name} asks for a generated login name, which needs the package @pulumi/random.\nInstall it: npm install @pulumi/random; or write the login name out.`,
    );
  }
  const suffix = new random.RandomString(`${name}/login-name`, { length: 8, special: false, upper: false }, opts);
  return {
    ...rest,
    loginName: pulumi.interpolate`${loginName.prefix ?? name}-${suffix.result}`,
  } as unknown as pulumi.Input<FirstUser>;
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

function settings(product: FleetProduct): FleetProductSettings {
  return typeof product === "string" ? { product } : product;
}

function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

/** A product's name as part of a logical name: "ShieldOne Endpoint" is shieldone-endpoint. */
function slug(product: string): string {
  return product
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
