/** Each property of each resource as an engine may send it: left out, null, empty, secret or not known, at any depth. */
import { status } from "@grpc/grpc-js";
import { expect } from "chai";
import fc from "fast-check";
import type { Properties } from "../../provider/hosts/state";
import type { Transport } from "../../provider/http/transport";
import { readPage } from "../docs/support/pages";
import { type Connection, PluginStage } from "../provider/hosts/plugin/engine";
import { isSecret, output, reference, secret, UNKNOWNS } from "../provider/hosts/plugin/signatures";
import { type MspWorld, openWorld } from "../provider/lifecycle/msp-world";
import { expectReadable } from "../support/thrown";
import type { Held } from "./host";
import { SUBJECTS, taken } from "./subjects";
import { type Call, isRead, recording } from "./teller";

type Path = readonly string[];
type Mark = (value: unknown) => unknown;

const MARKS: Readonly<Record<string, Mark>> = {
  "left out": () => undefined,
  null: () => null,
  "an empty text": () => "",
  "an empty list": () => [],
  "an empty object": () => ({}),
  secret: secret,
  "a secret that is not known": () => secret(UNKNOWNS.string),
  "an output": (value) => output(value),
  "a secret output": (value) => output(value, true),
  "an output that is not known": () => output(undefined),
  "another resource": (value) => reference("urn:pulumi:x::y::z::w", value),
  "a resource without an id": () => reference("urn:pulumi:x::y::z::w", ""),
  ...Object.fromEntries(
    Object.entries(UNKNOWNS).map(([type, text]) => [`not known, for any ${type}`, () => text] as const),
  ),
};
/** Where the value at a path with that mark is not known. */
const isUnknownMark = (mark: string) => /not known|without an id/.test(mark);
const isSecretMark = (mark: string) => /secret/.test(mark);

interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly $ref?: string;
}

const { resources, types } = JSON.parse(readPage("provider/generated/package-schema.json")) as {
  readonly resources: Readonly<Record<string, { readonly inputProperties: Readonly<Record<string, Shape>> }>>;
  readonly types: Readonly<Record<string, Shape>>;
};

/** Every place in the inputs of a resource, as the package schema has them. */
function pathsOf(properties: Readonly<Record<string, Shape>>, above: Path = []): readonly Path[] {
  return Object.entries(properties).flatMap(([key, shape]) => {
    const path = [...above, key];
    const inner = shape.$ref === undefined ? shape : types[shape.$ref.slice("#/types/".length)];
    return [path, ...(shape.items === undefined ? [] : [[...path, "0"]]), ...pathsOf(inner?.properties ?? {}, path)];
  });
}

/** The same with another value at a path; what is above it is made where it is missing. */
function replaced(value: unknown, [key, ...rest]: Path, mark: Mark): unknown {
  if (key === undefined) return mark(value);
  if (key === "0") {
    const [first = "ShieldOne", ...more] = Array.isArray(value) ? value : [];
    const next = replaced(first, rest, mark);
    return next === undefined ? more : [next, ...more];
  }
  const record = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Properties) : {};
  const next = replaced(record[key] ?? (rest.length > 0 ? undefined : "text"), rest, mark);
  const { [key]: _, ...others } = record;
  return next === undefined ? others : { ...others, [key]: next };
}

/** Whether what is at that path is marked as a secret, itself or by what is around it. */
function isHidden(value: unknown, [key, ...rest]: Path): boolean {
  if (isSecret(value)) return true;
  return key !== undefined && typeof value === "object" && value !== null && isHidden((value as Properties)[key], rest);
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, key) => {
    const plain = isSecret(inner) ? (inner as Properties).value : inner;
    return typeof plain === "object" && plain !== null ? (plain as Properties)[key] : undefined;
  }, value);
}

interface Placed {
  readonly path: Path;
  readonly mark: string;
}

describe("a property as the engine sends it", function () {
  this.timeout(120_000);

  for (const subject of SUBJECTS) {
    describe(`of ${subject.title}`, () => {
      const paths = pathsOf(resources[`msp:index:${subject.type}`]?.inputProperties ?? {});
      const calls: Call[] = [];
      let wire: Transport;
      let world: MspWorld;
      let stage: PluginStage;
      let engine: Connection;
      let urn: string;
      let held: Held;

      before(async () => {
        world = await openWorld();
        await subject.prepare(world);
        await subject.appear(world);
        wire = recording(world, calls);
        stage = await PluginStage.open(world, { transport: wire });
        engine = await stage.connect();
        urn = stage.urn(subject.type, "subject");
        const it = taken(subject, world);
        const inputs = await engine.check(urn, undefined, it.args);
        held = { declared: it, inputs, ...(await engine.create(urn, inputs)) };
      });
      after(async () => {
        stage.close();
        wire.close();
        await world.close();
      });

      /** What must hold of any inputs. */
      async function holds(placed: readonly Placed[]): Promise<void> {
        const args = placed.reduce(
          (given, { path, mark }) => replaced(given, path, MARKS[mark] as Mark) as Properties,
          held.declared.args,
        );
        const about = placed.map(({ path, mark }) => `${path.join(".")} is ${mark}`).join(", ");
        const before = calls.length;
        const checked = await engine.checked(urn, undefined, args);
        expect(await engine.checked(urn, undefined, args), `checked again: ${about}`).to.deep.equal(checked);
        const difference = await engine.diff(urn, held.id, held, checked.inputs);
        expect(await engine.diff(urn, held.id, held, checked.inputs), `compared again: ${about}`).to.deep.equal(
          difference,
        );
        expect(calls.slice(before), `check and diff call nobody: ${about}`).to.deep.equal([]);
        for (const words of checked.failures)
          expect(words, about)
            .to.match(/^\S.*\S$/)
            .and.not.match(/\[object|undefined/);

        const unknown = placed.filter(({ mark }) => isUnknownMark(mark));
        const secrets = placed.filter(({ mark }) => isSecretMark(mark));
        // One place may be inside another, whose mark then came after.
        const alone = placed.length === 1;
        for (const { path, mark } of alone ? unknown : []) {
          // What the platform has not at all, or what is missing beside it, is told all the same.
          for (const words of checked.failures)
            expect(words, `what is not known is valid: ${about}`).to.not.match(
              new RegExp(`^${path.join(".")} (must|is|has)`),
            );
          expect(difference.diffs, `what is not known differs: ${about}`).to.include(path[0]);
          expect(at(checked.inputs, path), mark).to.satisfy((value: unknown) => isUnknown(value));
        }
        for (const { path } of alone ? secrets : [])
          expect(isHidden(checked.inputs, path), `what is secret stays so: ${about}`).to.equal(true);
        if (checked.failures.length > 0) return;

        const outputs = await engine.create(urn, checked.inputs, { preview: true }).then(
          (answer) => answer.outputs,
          (error) => {
            expect(error.code, `${about}: ${error.details}`).to.not.equal(status.INTERNAL);
            expectReadable(error.details);
          },
        );
        expect(
          calls.slice(before).filter((call) => !isRead(call)),
          `a preview only reads: ${about}`,
        ).to.deep.equal([]);
        if (outputs === undefined || !alone) return;
        for (const { path } of unknown)
          expect(at(outputs, path), `what is not known is not promised: ${about}`).to.satisfy(isUnknown);
        for (const { path } of secrets)
          expect(isHidden(outputs, path), `what is secret is not shown: ${about}`).to.equal(true);
        for (const text of Object.values(UNKNOWNS))
          expect(JSON.stringify(outputs), `nothing is made of what is not known: ${about}`).to.not.match(
            new RegExp(`[^"]${text}|${text}[^"]`),
          );
      }

      for (const mark of Object.keys(MARKS)) {
        it(`may be ${mark}, at each place`, async () => {
          for (const path of paths) await holds([{ path, mark }]);
        });
      }

      it("may be any of these in several places at once", async () => {
        const place = fc.record({ path: fc.constantFrom(...paths), mark: fc.constantFrom(...Object.keys(MARKS)) });
        await fc.assert(fc.asyncProperty(fc.array(place, { minLength: 2, maxLength: 6 }), holds), { numRuns: 40 });
      });

      it("is found by an import, by the id alone, as check and diff take it", async () => {
        const name = subject.type === "DeviceOwner" ? "jane@acme.example" : held.id;
        const found = await engine.read(urn, `${world.names[subject.connection]}/${name}`);
        if (found === undefined) throw new Error("It was not found.");
        expect(found.id).to.equal(held.id);
        const inputs = await engine.check(urn, found.inputs, found.inputs);
        expect(inputs).to.deep.equal(found.inputs);
        expect(await engine.diff(urn, found.id, found, inputs)).to.deep.include({ changes: false, paths: {} });
      });
    });
  }
});

function isUnknown(value: unknown): boolean {
  return value === UNKNOWNS.string || (isSecret(value) && isUnknown((value as Properties).value));
}
