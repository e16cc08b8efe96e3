import { join } from "node:path";
import { expect } from "chai";
import { NOUNS, PATTERNS } from "../../fleet/load/words";
import { follow, readSchemas, type Schema } from "../../tools/generate/schemas";

const set = readSchemas(join(__dirname, "..", "..", "schemas"));

interface Found {
  readonly place: string;
  readonly schema: Schema;
}

/** A schema and all within it, references not followed. */
function* within(place: string, schema: Schema): Generator<Found> {
  yield { place, schema };
  const { additionalProperties } = schema;
  for (const [key, inner] of Object.entries(schema.properties ?? {})) yield* within(`${place}.${key}`, inner);
  for (const [key, inner] of Object.entries(schema.$defs ?? {})) yield* within(`${place}#${key}`, inner);
  for (const inner of schema.oneOf ?? []) yield* within(`${place}|`, inner);
  if (schema.items !== undefined) yield* within(`${place}[]`, schema.items);
  if (additionalProperties !== undefined && additionalProperties !== false)
    yield* within(`${place}{}`, additionalProperties);
}

/** What a fleet file can hold, references followed. */
function* reached(schema: Schema): Generator<Schema> {
  const followed = follow(set, schema);
  yield followed;
  const inner = [
    ...Object.values(followed.properties ?? {}),
    ...(followed.oneOf ?? []),
    ...(followed.items === undefined ? [] : [followed.items]),
  ];
  for (const one of inner) yield* reached(one);
}

const all = set.files.flatMap((file) => [...within(file.path, file.schema)]);

describe("schemas", () => {
  it("have absolute ids that follow from their paths", () => {
    for (const { path, id } of set.files) expect(id).to.equal(`https://pulumi-msp.dev/schemas/${path}`);
  });

  it("refer to each other by ids that lead somewhere", () => {
    for (const { schema } of all) if (schema.$ref !== undefined) expect(() => follow(set, schema)).not.to.throw();
  });

  it("describe every property", () => {
    const silent = all.flatMap(({ place, schema }) =>
      Object.entries(schema.properties ?? {})
        .filter(([, property]) => follow(set, property).description === undefined)
        .map(([key]) => `${place}.${key}`),
    );
    expect(silent).to.deep.equal([]);
  });

  it("allow no unknown key in any object with keys of its own", () => {
    const open = all.filter(
      ({ schema }) =>
        schema.type === "object" && schema.properties !== undefined && schema.additionalProperties !== false,
    );
    expect(open.map(({ place }) => place)).to.deep.equal([]);
  });

  it("require no property that has a default", () => {
    const wrong = all.filter(({ schema }) =>
      schema.required?.some((key) => schema.properties?.[key]?.default !== undefined),
    );
    expect(wrong.map(({ place }) => place)).to.deep.equal([]);
  });

  it("have words for every object and every pattern of a fleet file", () => {
    const fleet = [...reached(set.file("fleet.schema.json"))];
    const titles = fleet.flatMap((schema) =>
      schema.properties === undefined ? [] : [schema.title ?? "an object without a title"],
    );
    const patterns = fleet.flatMap((schema) => (schema.pattern === undefined ? [] : [schema.pattern]));
    expect(Object.keys(NOUNS)).to.have.members([...new Set(titles)]);
    expect(Object.keys(PATTERNS)).to.have.members([...new Set(patterns)]);
  });
});
