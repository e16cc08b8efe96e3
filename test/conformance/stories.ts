/** What both hosts play: a story for each way in which a resource comes, changes, is refused and goes. */
import { SUBJECTS, type Subject, declared, taken } from "./subjects";
import type { Properties } from "../../provider/hosts/state";
import type { Declared, Held } from "./host";
import type { Story, Teller } from "./teller";
import { FAULTS } from "./stories-of-faults";
import { SECRETS } from "./stories-of-secrets";
import { UNKNOWNS } from "../provider/hosts/plugin/signatures";

type Tale = (t: Teller, subject: Subject) => Promise<void>;

/** Of each resource on each platform. */
const OF_ALL: Readonly<Record<string, Tale>> = {
  "is made, found the same by the next run and by a refresh, and made anew by nobody": async (t, subject) => {
    const resource = await begun(t, subject);
    await t.preview(resource);
    const made = await t.does("create", resource);
    await t.preview(resource, made);
    const same = await t.does("nothing", resource, made);
    const seen = await t.seen(same);
    await t.does("nothing", resource, await t.seen(seen));
    // As after a run whose state was lost.
    await t.does("create", resource);
  },

  "is refused by check, in words": async (t, subject) => {
    await subject.prepare(t.world);
    for (const [args, words] of subject.wrong) await t.refused(words, () => t.up(declared(subject, t.world, args)));
  },

  "takes null for what is left out, and empty for what is empty": async (t, subject) => {
    const resource = await begun(t, subject);
    const args = { ...resource.args, adopt: null, wait: null, name: resource.args.name ?? null };
    const made = await t.does("create", { ...resource, args });
    await t.does("nothing", resource, made);
    const run = await t.open();
    for (const value of ["", [], {}])
      for (const key of Object.keys(resource.args))
        await t.tried(() => t.up({ ...resource, args: { ...resource.args, [key]: value } }, made, run));
  },

  "may have each of its properties not known yet": async (t, subject) => {
    const resource = await begun(t, subject);
    const made = await t.does("create", resource);
    const run = await t.open();
    for (const key of Object.keys(resource.args)) {
      const given = { ...resource, args: { ...resource.args, [key]: UNKNOWNS.string } };
      await t.preview(given, undefined, undefined, run);
      await t.preview(given, made, undefined, run);
    }
  },

  "that is there is refused, and is taken over where the program says so": async (t, subject) => {
    await subject.prepare(t.world);
    await subject.appear(t.world);
    const resource = declared(subject, t.world);
    if (subject.type === "DeviceOwner") {
      await t.does("create", resource);
      await t.refused(/belongs to .*::subject/, () => t.up({ ...resource, name: "other" }));
      return;
    }
    await t.preview(resource, undefined, /exists on .* already/);
    await t.refused(/exists on .* already/, () => t.up(resource));
    const made = await t.does("create", declared(subject, t.world, { adopt: true }));
    await t.refused(/belongs to .*::subject/, () =>
      t.up({ ...declared(subject, t.world, { adopt: true }), name: "other" }),
    );
    await t.seen(made);
  },

  "is changed, and what is refused is not": async (t, subject) => {
    const made = await there(t, subject);
    const changed = taken(subject, t.world, subject.change);
    await t.preview(changed, made);
    const next = await t.does("update", changed, made);
    await t.seen(next);
    if (subject.refusedChange === undefined) return;
    const [change, words] = subject.refusedChange;
    const refused = taken(subject, t.world, { ...subject.change, ...change });
    await t.preview(refused, next, words);
    await t.refused(words, () => t.up(refused, next));
  },

  "that somebody takes away is gone, and its deletion is done": async (t, subject) => {
    const made = await there(t, subject);
    await subject.vanish(t.world, made);
    await t.gone(made);
    await t.refused(/is gone from|could not be read|nobody|be changed/, () =>
      t.up(taken(subject, t.world, subject.change), made),
    );
    await t.tried(() => t.delete(made));
  },

  "is not written to with the credentials of another account": async (t, subject) => {
    const made = await t.does("create", await begun(t, subject));
    const elsewhere = { ...made, outputs: { ...made.outputs, account: "another:account" } };
    const words = /was written to account another:account/;
    await t.refused(words, () => t.refresh(elsewhere));
    await t.refused(words, () => t.up(declared(subject, t.world, subject.change), elsewhere));
    await t.refused(words, () => t.delete(elsewhere));
  },

  "is refused where a newer package wrote its state": async (t, subject) => {
    const made = await t.does("create", await begun(t, subject));
    const newer = { ...made, outputs: { ...made.outputs, __stateVersion: 99 } };
    const words = /^This state was written by a newer pulumi-msp/;
    await t.refused(words, () => t.up(made.declared, newer));
    await t.refused(words, () => t.refresh(newer));
    await t.refused(words, () => t.delete(newer));
  },

  "is written to by nobody where there is no desk": async (t, subject) => {
    await subject.prepare(t.world);
    t.world.env.MSP_DESK_URL = "http://127.0.0.1:1";
    await t.refused(/^The off-boarding desk does not answer/, () => t.up(declared(subject, t.world)));
    t.world.env.MSP_DESK_URL = undefined;
    await t.refused(/^No off-boarding desk is configured/, () => t.up(declared(subject, t.world)));
  },
};

/** Of each that leaves by a request. */
const OF_LEAVING: Readonly<Record<string, Tale>> = {
  "is not let go while nobody says why": async (t, subject) => {
    const made = await there(t, subject);
    await t.refused(/can't leave: nobody says why/, () => t.delete(made));
  },

  "leaves by one request, however often it is deleted, and stays where it is declared again": async (t, subject) => {
    const made = await there(t, subject);
    t.world.note(subject.note ?? "");
    await t.delete(made);
    await t.delete(made);
    await t.does("create", made.declared);
  },

  "stays in state until it is gone where the program waits for that": async (t, subject) => {
    const made = await there(t, subject, { wait: "completed" });
    t.world.note(subject.note ?? "");
    await t.refused(/is still there|Pending|not gone/, () => t.delete(made));
    await t.refused(/is still there|Pending|not gone/, () => t.delete(made));
    await t.seen(made);
    await t.up(made.declared, made);
  },
};

/** Of customers. */
const OF_CUSTOMERS: Readonly<Record<string, Tale>> = {
  "is protected, and forgotten where the program says so": async (t, subject) => {
    const made = await there(t, subject, { deletionProtection: undefined });
    await t.refused(/is protected from deletion|can't be deleted/, () => t.delete(made));
    const forgotten = declared(subject, t.world, { adopt: true, onDelete: "forget" });
    const kept = await t.does("update", forgotten, made);
    await t.refused(/is protected from deletion/, () => t.delete(kept));
    const free = declared(subject, t.world, { adopt: true, onDelete: "forget", deletionProtection: false });
    await t.delete(await t.does("update", free, kept));
  },

  "can't have another first user": async (t, subject) => {
    const resource = await begun(t, subject, {
      firstUser: { loginName: "a", firstName: "A", lastName: "B", email: "a@b.example" },
    });
    const made = await t.does("create", resource);
    const other = { ...(resource.args.firstUser as object), lastName: "C" };
    await t.refused(/^firstUser is only used when the object is created/, () =>
      t.up({ ...resource, args: { ...resource.args, firstUser: other } }, made),
    );
  },
};

/** Of what somebody else may change. */
const OF_DRIFTING: Readonly<Record<string, Tale>> = {
  "that somebody changes there is shown by a refresh, and brought back": async (t, subject) => {
    const made = await there(t, subject);
    await subject.drift?.(t.world, made);
    const seen = await t.seen(made);
    await t.preview(made.declared, seen);
    await t.up(made.declared, seen);
  },
};

/** Of what another thing may take the place of. */
const OF_REPLACED: Readonly<Record<string, Tale>> = {
  "that is another thing now is deleted first": async (t, subject) => {
    const made = await t.does("create", await begun(t, subject));
    if (subject.note !== undefined) t.world.note(subject.note);
    const resource = declared(subject, t.world, subject.other);
    await t.preview(resource, made);
    const next = await t.does("delete, create", resource, made);
    await t.seen(next);
  },
};

/** Of what people make. */
const OF_ASKED_FOR: Readonly<Record<string, Tale>> = {
  "is asked for no longer where people have not begun to make it": async (t, subject) => {
    const free = subject.type === "Customer" ? { deletionProtection: false } : {};
    const made = await t.does("create", await begun(t, subject, free));
    await t.delete(made);
    await t.does("create", made.declared);
  },
};

/** Of customers that can be deleted. */
const OF_DELETED: Readonly<Record<string, Tale>> = {
  "can't be deleted while something is in the way": async (t, subject) => {
    const made = await there(t, subject);
    t.world.note(subject.note ?? "");
    await subject.drift?.(t.world, made);
    await t.refused(/can't be deleted: Cloud Edge is attached/, () => t.delete(made));
  },
};

/** The resource, where it can be made: an owner is only ever recognised. */
async function begun(t: Teller, subject: Subject, args: Properties = {}): Promise<Declared> {
  await subject.prepare(t.world);
  if (subject.type === "DeviceOwner") await subject.appear(t.world);
  return declared(subject, t.world, args);
}

/** The resource, which somebody else has made, taken over. */
async function there(t: Teller, subject: Subject, args: Properties = {}): Promise<Held> {
  await subject.prepare(t.world);
  await subject.appear(t.world);
  return t.does("create", taken(subject, t.world, args));
}

function told(tales: Readonly<Record<string, Tale>>, subjects: readonly Subject[]): readonly Story[] {
  return subjects.flatMap((subject) =>
    Object.entries(tales).map(([title, tale]) => ({
      title: `${subject.title} ${title}`,
      tell: (t: Teller) => tale(t, subject),
    })),
  );
}

const LEAVING = SUBJECTS.filter(({ note }) => note !== undefined);
const CUSTOMERS = SUBJECTS.filter(({ type }) => type === "Customer");

export const STORIES: readonly Story[] = [
  ...SECRETS,
  ...told(OF_ALL, SUBJECTS),
  ...told(
    OF_DRIFTING,
    SUBJECTS.filter(({ drift }) => drift !== undefined),
  ),
  ...told(
    OF_REPLACED,
    SUBJECTS.filter(({ other }) => other !== undefined),
  ),
  ...told(OF_LEAVING, LEAVING),
  ...told(
    OF_ASKED_FOR,
    LEAVING.filter(({ connection }) => connection !== "lmp"),
  ),
  ...told(OF_CUSTOMERS, CUSTOMERS),
  ...told(
    OF_DELETED,
    CUSTOMERS.filter(({ connection }) => connection === "clp"),
  ),
  ...FAULTS,
];
