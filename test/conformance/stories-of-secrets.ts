/** Stories in which a program marks what it passes as secret. */
import type { Properties } from "../../provider/hosts/state";
import type { ResourceType } from "../../provider/platforms/platform";
import { secret } from "../provider/hosts/plugin/signatures";
import { SUBJECTS, taken } from "./subjects";
import type { Story } from "./teller";

/** What stands in the words of a host that does not know it for a secret. */
export const CANARY = /canary(-[a-z]+)+/gi;

/** What the programs hide. */
export const HIDDEN = ["canary-product-name", "canary-subject-name"] as const;

/** Of each resource, what may be secret. */
const SECRET: Readonly<Record<ResourceType, Properties>> = {
  Customer: { products: secret([HIDDEN[0]]) },
  DeviceOwner: { products: secret([HIDDEN[0]]) },
  ProductAssignment: { subjectName: secret(HIDDEN[1]) },
};

export const SECRETS: readonly Story[] = SUBJECTS.map((subject) => ({
  title: `${subject.title} keeps what is secret so, in state and in words`,
  tell: async (t) => {
    await subject.prepare(t.world);
    await subject.appear(t.world);
    const hidden = SECRET[subject.type];
    const resource = taken(subject, t.world, hidden);
    const made = await t.up(resource);
    await t.preview(resource, made);
    const seen = await t.seen(made);
    await t.up({ ...resource, args: { ...resource.args, ...subject.change, ...hidden } }, seen);
    await t.tried(() => t.delete(seen));
  },
}));
