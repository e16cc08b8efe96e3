import Ajv2020 from "ajv/dist/2020";
import standaloneCode from "ajv/dist/standalone";
import addFormats from "ajv-formats";
import { FLAG_KEYWORDS, type SchemaSet } from "./schemas";

const BASE = "https://pulumi-msp.dev/schemas/";

/** Where something from outside enters, by the name of its validator. */
const ENTRY_POINTS: Readonly<Record<string, string>> = {
  customerInputs: "resources/customer.schema.json",
  deviceOwnerInputs: "resources/device-owner.schema.json",
  productAssignmentInputs: "resources/product-assignment.schema.json",
  connections: "connections.schema.json",
  fleet: "fleet.schema.json",
  fleetCustomerEntry: "fleet.schema.json#/$defs/customer",
  leavingNote: "fleet.schema.json#/$defs/leavingNote",
  filing: "desk/request.schema.json#/$defs/filing",
  verify: "desk/request.schema.json#/$defs/verify",
  withdraw: "desk/request.schema.json#/$defs/withdraw",
  submit: "desk/request.schema.json#/$defs/submit",
  contact: "desk/request.schema.json#/$defs/contact",
  vendorVerify: "desk/request.schema.json#/$defs/vendorVerify",
  removed: "desk/request.schema.json#/$defs/removed",
  confirm: "desk/request.schema.json#/$defs/confirm",
  pause: "desk/request.schema.json#/$defs/pause",
  inventoryImport: "desk/inventory.schema.json#/$defs/import",
  importRow: "desk/inventory.schema.json#/$defs/importRow",
  accountClaim: "desk/records.schema.json#/$defs/accountClaim",
  accountConfirmation: "desk/records.schema.json#/$defs/accountConfirmation",
  accountMerge: "desk/records.schema.json#/$defs/accountMerge",
  intentClaim: "desk/records.schema.json#/$defs/intentClaim",
  intentChange: "desk/records.schema.json#/$defs/intentChange",
  tokenGrant: "desk/records.schema.json#/$defs/tokenGrant",
};

/**
 * Precompiled ajv validators, one exported function for each entry point; start-up compiles nothing.
 * The code is a `.ts` file without checks, not `.js`: so ts-node, `tsc` and the package all take it on the way of every other file.
 */
export function emitValidators(set: SchemaSet): string {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    inlineRefs: false,
    strictRequired: false,
    // `else` and `then` of a connection look at properties of the object around them, which strictTypes can't see.
    strictTypes: false,
    code: { source: true, esm: true, lines: true },
  });
  addFormats(ajv);
  ajv.addVocabulary([...FLAG_KEYWORDS]);
  for (const { schema } of set.files) ajv.addSchema(schema);

  const names = Object.keys(ENTRY_POINTS);
  const code = standaloneCode(ajv, Object.fromEntries(names.map((name) => [name, BASE + ENTRY_POINTS[name]])));
  const titles = names.map((name) => set.resolve(absolute(ENTRY_POINTS[name])).title ?? "unknown");
  const typed = names.reduce(
    (text, name, index) =>
      text.replace(
        new RegExp(`export const ${name} = (\\w+);`),
        `\nexport const ${name}: ValidateFunction<${titles[index]}> = $1;\n`,
      ),
    appendInPlace(code.replace(/^"use strict";/, "")),
  );
  const imports = [...new Set(titles)].sort().join(", ");
  return `// @ts-nocheck\nimport type { ValidateFunction } from "ajv/dist/2020";\nimport type { ${imports} } from "./types";\n${typed}`;
}

/** ajv copies all errors so far for each entry of a list that has one: with many mistakes in a long list that takes minutes. */
function appendInPlace(code: string): string {
  const append = "function append(all, more) { for (const error of more) all.push(error); return all; }";
  return `${code.replace(/vErrors\.concat\((\w+\.errors)\)/g, "append(vErrors, $1)")}\n${append}\n`;
}

function absolute(path: string | undefined): string {
  return `${BASE}${path}`;
}
