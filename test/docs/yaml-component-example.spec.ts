import { expect } from "chai";
import { parse } from "yaml";
import type { Fleet } from "../../provider/generated/types";
import { readPage } from "./support/pages";

describe("examples/fleet-yaml-component", () => {
  const { resources, config } = parse(readPage("examples/fleet-yaml-component/Pulumi.yaml")) as {
    readonly config: object;
    readonly resources: Readonly<Record<string, { readonly type: string; readonly properties: object }>>;
  };

  it("has a component for each entry of examples/fleet, and its properties", () => {
    const { customers } = parse(readPage("examples/fleet/fleet.yaml")) as Fleet;
    expect(Object.entries(resources)).to.deep.equal(
      customers.map(({ key, ...entry }) => [
        key,
        { type: "msp:FleetCustomer", properties: { ...entry, adopt: true, announceLeavings: true } },
      ]),
    );
  });

  it("is configured as examples/fleet-yaml is", () => {
    expect(config).to.deep.equal((parse(readPage("examples/fleet-yaml/Pulumi.yaml")) as { config: object }).config);
  });
});
