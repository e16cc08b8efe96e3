import type { Connection } from "../../provider/generated/types";
import type { Capability, CapabilityTable, Mode, PlatformDefinition } from "../../provider/platforms/platform";
import { platforms } from "../../provider/platforms/registry";
import type { Schema } from "./schemas";

/** What each mode means to whoever writes a program. */
const MODE_WORDS: Readonly<Record<Mode, string>> = {
  api: "it is done by API, and read back",
  observe: "people do it; whether it is done is read by API",
  request: "people do it on the vendor's click path and attest it at the desk; nothing is read by API",
  refused: "it is not done, and said before anything is",
};

/** Every platform, and each of its account types where it has several. */
export function accountsOf(connection: Schema): readonly Account[] {
  return Object.values(platforms).flatMap((definition): readonly Account[] => {
    const { name, title: platform } = definition;
    const types = accountTypesOf(connection, name);
    if (types.length === 0) return [{ platform, title: platform, table: definition.capabilities({ platform: name }) }];
    return types.map((accountType) => ({
      platform,
      title: `${platform}, ${accountType} accounts`,
      table: definition.capabilities({ platform: name, accountType }),
    }));
  });
}

/** One kind of account, and what can be done with it. */
export interface Account {
  /** As people write it. */
  readonly platform: string;
  /** With the account type where the platform has several. */
  readonly title: string;
  readonly table: CapabilityTable;
}

/** The page of the capability tables, made from the code; the schema of a connection says which account types there are. */
export function emitCapabilities(connection: Schema): string {
  const modes = Object.entries(MODE_WORDS).map(([mode, words]) => `| \`${mode}\` | ${words} |\n`);
  const accounts = accountsOf(connection).map(
    ({ title, ...account }) =>
      `## ${title}\n\n| resource | operation | mode | how, or why not | source |\n|---|---|---|---|---|\n${rows(account)}`,
  );
  return [
    "# What each platform can do\n\n",
    "How each operation is done, for every platform and account type. In a click path `{subject}` is the customer or the device owner, ",
    "and `{product}` the product. A delete that is not refused begins as an off-boarding request, which somebody else verifies.\n\n",
    `| mode | what it means |\n|---|---|\n${modes.join("")}\n`,
    accounts.join("\n"),
  ].join("");
}

function rows({ platform, table }: Omit<Account, "title">): string {
  return Object.entries(table)
    .flatMap(([resource, operations]) =>
      operations === undefined
        ? [row([`\`${resource}\``, "", "", `${platform} has none.`, ""])]
        : Object.entries(operations).map(([operation, capability]) =>
            row([
              `\`${resource}\``,
              operation,
              `\`${capability.mode}\``,
              howWords(operation, capability),
              capability.source,
            ]),
          ),
    )
    .join("");
}

function howWords(operation: string, { mode, clickPath, irrecoverable, why, wayOut }: Capability): string {
  const isAttested = operation === "read" && mode === "request";
  return [
    ...(isAttested ? ["from the desk's attested inventory"] : []),
    ...(why === undefined ? [] : [why]),
    ...(wayOut === undefined ? [] : [`Way out: ${wayOut}`]),
    ...(clickPath ?? []).map((step, index) => `${index + 1}. ${step}`),
    ...(irrecoverable === undefined ? [] : [`Can't be undone: "${irrecoverable}"`]),
  ].join("<br>");
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |\n`;
}

/** The account types of a platform whose connections must name one. */
function accountTypesOf(
  { allOf = [], properties = {} }: Schema,
  platform: PlatformDefinition["name"],
): readonly NonNullable<Connection["accountType"]>[] {
  const needsOne = allOf.some(
    (rule) => rule.if?.properties?.platform?.const === platform && rule.then?.required?.includes("accountType"),
  );
  return needsOne ? ((properties.accountType?.enum ?? []) as readonly NonNullable<Connection["accountType"]>[]) : [];
}
