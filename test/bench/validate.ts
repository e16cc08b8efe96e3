/** Reading a fleet file with all its checks, beside what parsing its YAML and checking its schema alone take on the same text. */
import { join } from "node:path";
import addFormats from "ajv-formats";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020";
import { parse } from "yaml";
import { readFleet } from "../../fleet/load/load";
import { FLAG_KEYWORDS, readSchemas } from "../../tools/generate/schemas";
import { type Figure, figureOf, type Pair } from "./figures";
import { ROOT } from "./project";

export interface ValidateBench {
  /** Customers. */
  readonly size: number;
  readonly runs: number;
  readonly say: (figure: Figure) => void;
}

const GOAL = 2;
const FLEET_SCHEMA = "fleet.schema.json";

/** Reads the same text in turns; a reading that finds fault with it is an error. */
export function benchValidate({ size, runs, say }: ValidateBench): void {
  const text = fleetOf(size);
  const validate = fleetSchema();
  const ours = () => readFleet({ text, file: "fleet.yaml" }).problems.length === 0;
  const reference = () => validate(parse(text));
  const pairs: Pair[] = [];
  // The first of each is left out: the engine compiles the code that both share while it runs.
  for (let run = 0; run <= runs; run++) {
    const first = run % 2 === 0 ? secondsOf(ours) : secondsOf(reference);
    const second = run % 2 === 0 ? secondsOf(reference) : secondsOf(ours);
    const pair = run % 2 === 0 ? { ours: first, reference: second } : { ours: second, reference: first };
    if (run > 0) pairs.push(pair);
  }
  const subject = { bench: "validate", size, phase: "read", measure: "seconds", against: "yaml and ajv" } as const;
  say(figureOf({ ...subject, goal: GOAL }, pairs));
}

function secondsOf(read: () => boolean): number {
  const begun = performance.now();
  if (!read()) throw new Error("The fleet of the bench is not a valid one.");
  return (performance.now() - begun) / 1000;
}

/** The schemas as they are published, by an ajv of its own: neither our precompiled code nor its collecting of all errors. */
function fleetSchema(): ValidateFunction {
  const set = readSchemas(join(ROOT, "schemas"));
  const ajv = new Ajv2020({ strictRequired: false, strictTypes: false });
  addFormats(ajv);
  ajv.addVocabulary([...FLAG_KEYWORDS]);
  for (const { schema } of set.files) ajv.addSchema(schema);
  const validate = ajv.getSchema(set.file(FLEET_SCHEMA).$id ?? "");
  if (validate === undefined) throw new Error(`${FLEET_SCHEMA} can't be compiled.`);
  return validate;
}

/** Customers with a profile and three owners of two products each: half of them on a platform with customers, half on one with owners alone. */
function fleetOf(size: number): string {
  const customers = Array.from({ length: size }, (_, at) => (at % 2 === 0 ? licensed(at + 1) : owning(at + 1)));
  return `version: 1\n\ncustomers:\n${customers.join("")}`;
}

function licensed(number: number): string {
  return `  - key: customer-${number}
    name: Customer ${number} of the fleet
    platform: remote-manager
    company: { city: Springfield, state: Illinois, country: US, postalCode: "62701" }
    firstUser:
      loginName: customer-${number}-admin
      firstName: Jane
      lastName: Doe
      email: jane@customer-${number}.example
    products:
      - product: WFBS-S Yearly
        units: 25
      - product: Email Security Yearly
        units: 25
`;
}

function owning(number: number): string {
  const owner = (name: string) => `      - key: ${name}
        email: ${name}@customer-${number}.example
        name: ${name} of customer ${number}
        products: [ShieldOne, ScoutTwo]
`;
  return `  - key: customer-${number}
    name: Customer ${number} of the fleet
    platform: armourzero
    owners:
${["reception", "workshop", "office"].map(owner).join("")}`;
}
