/**
 * What one customer of a fleet consists of, by names, inputs and edges: the same whether a program makes the parts or the plugin does.
 * Logical names say owner and product; the surviving customer or owner carries the declared list of its products, so that its own diff shows
 * a drop; products depend on it, so that they leave first.
 */
import type { Input } from "@pulumi/pulumi";
import { ProviderError } from "../errors";
import type {
  FirstUser,
  FleetCustomerEntry,
  FleetDefaults,
  FleetFirstUser,
  FleetOwner,
  FleetProduct,
  FleetProductSettings,
} from "../generated/types";
import type { CustomerArgs, DeviceOwnerArgs, ProductAssignmentArgs } from "./dynamic";

/** How parts are made, and what of one another needs. */
export interface PartsMaker<C, O, A> {
  /** Whether the platform of a connection has customers; throws where there is no such connection. */
  hasCustomers(connection: string): boolean;
  customer(name: string, args: CustomerArgs): C;
  owner(name: string, args: DeviceOwnerArgs): O;
  assignment(name: string, args: ProductAssignmentArgs, dependsOn: readonly (C | O)[]): A;
  idOf(customer: C): Input<string>;
  emailOf(owner: O): Input<string>;
  /** A login name that is unique on the platform. */
  loginName(name: string, prefix: string): Input<string>;
}

export interface Parts<C, O, A> {
  readonly customer: C | undefined;
  readonly owners: readonly O[];
  readonly assignments: readonly A[];
}

/** Makes the parts of a customer; throws `validation` where the entry does not fit its platform. */
export function makeParts<C, O, A>(
  name: string,
  entry: Omit<FleetCustomerEntry, "key">,
  defaults: FleetDefaults,
  maker: PartsMaker<C, O, A>,
): Parts<C, O, A> {
  const hasCustomers = maker.hasCustomers(entry.platform);
  const assignments: A[] = [];
  const adopt = entry.adopt ?? defaults.adopt;
  const wait = entry.wait ?? defaults.wait;
  const inherited = { adopt, wait, licence: defaults.licence };
  const products = (entry.products ?? []).map(settings);

  const customer = hasCustomers
    ? maker.customer(name, customerArgs(name, entry, products, inherited, maker))
    : undefined;
  if (customer === undefined && products.length > 0) {
    throw new ProviderError(
      "validation",
      `Customer ${name} lists products, and the platform of connection ${entry.platform} assigns products to owners.\nMove them under \`owners:\`.`,
    );
  }
  for (const product of products) {
    if (customer === undefined) break;
    const whose = { platform: entry.platform, customer: maker.idOf(customer), subjectName: entry.name };
    const args = { ...whose, ...assignmentArgs(product, inherited) };
    assignments.push(maker.assignment(`${name}/${slug(product.product)}`, args, [customer]));
  }
  const owners = (entry.owners ?? []).map((owner) => {
    const platform = owner.platform ?? entry.platform;
    const owned = (owner.products ?? []).map(settings);
    const resource = maker.owner(`${name}/${owner.key}`, ownerArgs(owner, platform, owned));
    const dependsOn = customer === undefined ? [resource] : [resource, customer];
    for (const product of owned) {
      const whose = {
        platform,
        // Taken from the resource: where the owner is replaced, its products leave before it does.
        owner: maker.emailOf(resource),
        ...(owner.name === undefined ? {} : { subjectName: owner.name }),
      };
      const args = { ...whose, ...assignmentArgs(product, inherited) };
      assignments.push(maker.assignment(`${name}/${owner.key}/${slug(product.product)}`, args, dependsOn));
    }
    return resource;
  });
  return { customer, owners, assignments };
}

type Inherited = { readonly [K in "licence" | "wait" | "adopt"]: FleetProductSettings[K] | undefined };

function customerArgs(
  name: string,
  entry: Omit<FleetCustomerEntry, "key">,
  products: readonly FleetProductSettings[],
  { adopt, wait }: Inherited,
  maker: { loginName(name: string, prefix: string): Input<string> },
): CustomerArgs {
  if (entry.company === undefined) {
    throw new ProviderError(
      "validation",
      `Customer ${name} has no \`company\`, and the platform of connection ${entry.platform} needs its profile.\nAdd company: {city, state, country}.`,
    );
  }
  return {
    platform: entry.platform,
    name: entry.name,
    company: entry.company,
    products: products.map((product) => product.product),
    ...(entry.firstUser === undefined ? {} : { firstUser: firstUser(name, entry.firstUser, maker) }),
    ...given({ deletionProtection: entry.deletionProtection, onDelete: entry.onDelete, adopt, wait }),
  };
}

function firstUser(
  name: string,
  user: FleetFirstUser,
  maker: { loginName(name: string, prefix: string): Input<string> },
): Input<FirstUser> {
  const { loginName, ...rest } = user;
  const generated = typeof loginName === "object" && "generate" in loginName;
  return {
    ...rest,
    loginName: generated ? maker.loginName(`${name}/login-name`, loginName.prefix ?? name) : loginName,
  } as Input<FirstUser>;
}

function ownerArgs(owner: FleetOwner, platform: string, products: readonly FleetProductSettings[]): DeviceOwnerArgs {
  return {
    platform,
    email: owner.email,
    products: products.map((product) => product.product),
    ...(owner.name === undefined ? {} : { name: owner.name }),
  };
}

function assignmentArgs(product: FleetProductSettings, inherited: Inherited) {
  return {
    product: product.product,
    ...given({
      units: product.units,
      startsOn: product.startsOn,
      licence: product.licence ?? inherited.licence,
      wait: product.wait ?? inherited.wait,
      adopt: product.adopt ?? inherited.adopt,
    }),
  };
}

function settings(product: FleetProduct): FleetProductSettings {
  return typeof product === "string" ? { product } : product;
}

function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** A product's name as part of a logical name: "ShieldOne Endpoint" is shieldone-endpoint. */
function slug(product: string): string {
  return product
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
