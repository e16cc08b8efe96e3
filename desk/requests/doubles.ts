/** One open request per thing: what is on one already, what goes against one, and who else asks for one. */
import type { Filing, FilingItem, Requester } from "../../provider/generated/types";
import { samePerson } from "../access/roles";
import { nameKey } from "../inventory/entries";
import { DeskRefusal } from "../problems";
import type { RequestItemRow } from "../store/tables";
import type { Work } from "../work";
import { hasAsked } from "./acts";
import { auditSubject, factsOf, loadRequest } from "./records";

/** The open request that has all these items; throws `blocked` when several have some of them. */
export async function openDouble(tx: Work["tx"], filing: Filing): Promise<string | undefined> {
  const open = await openItems(tx, filing, filing.kind);
  const isSame = (row: RequestItemRow, item: FilingItem) =>
    row.kind === item.kind &&
    // A customer is known by its key: its name may change while it leaves.
    (row.kind === "customer" || row.name_key === nameKey(item.name)) &&
    (filing.kind === "joining" || row.incarnation === item.id);
  const found = filing.items.map((item) => ({ item, request: open.find((row) => isSame(row, item))?.request }));
  const requests = [...new Set(found.flatMap(({ request }) => request ?? []))];
  if (requests.length === 0) return undefined;
  if (requests.length === 1 && found.every(({ request }) => request !== undefined)) return requests[0];
  const blockers = found.flatMap(({ item, request }) =>
    request === undefined ? [] : [`${item.name} is on ${request}`],
  );
  throw new DeskRefusal(
    "blocked",
    `Some of these items are on an open request already: ${blockers.join("; ")}.\nFile the others alone.`,
    { blockers },
  );
}

/** Whoever files an open request again has asked for it too, as long as it is unverified; throws `blocked` where it is asked otherwise. */
export async function askAgain(work: Work, id: string, filing: Filing): Promise<void> {
  const stored = await loadRequest(work, id);
  const { row } = stored;
  if (filing.licence !== undefined && filing.licence !== row.licence) {
    throw new DeskRefusal(
      "blocked",
      `${id} is open already, and asks to ${row.licence} the licence; this asks to ${filing.licence} it.\nWithdraw ${id} and file again, or ask for the same.`,
      { blockers: [`${id} (licence: ${row.licence})`] },
    );
  }
  if (factsOf(stored).isVerified) return;
  const { person } = work.actor;
  const asking: readonly Requester[] = [...filing.requesters, { ...person, via: "operator" }];
  const fresh = asking.filter(
    ({ email }, index) =>
      !hasAsked({ email }, row) && asking.findIndex((other) => samePerson(other.email, email)) === index,
  );
  if (fresh.length === 0) return;
  await work.tx
    .updateTable("request")
    .set({ requesters: JSON.stringify([...row.requesters, ...fresh]) })
    .where("id", "=", id)
    .execute();
  const note = `${fresh.map((requester) => requester.email).join(", ")}: ${filing.reason}`;
  await work.record("asked again", auditSubject(id), { note, requesters: fresh, resource: filing.resource });
}

/** What leaves can't join at the same time, nor the other way round. */
export async function refuseOpposite(work: Work, filing: Filing): Promise<void> {
  const opposite = filing.kind === "leaving" ? "joining" : "leaving";
  const open = await openItems(work.tx, filing, opposite);
  const clashes = open.filter(
    (row) =>
      row.kind === "customer" ||
      filing.items.some((item) => item.kind === "customer" || nameKey(item.name) === row.name_key),
  );
  if (clashes.length === 0) return;
  const blockers = [...new Set(clashes.map((row) => `${row.request} (${opposite} of ${row.name})`))];
  throw new DeskRefusal(
    "blocked",
    `${filing.subject.name} has an open ${opposite}: ${blockers.join(", ")}.\nWithdraw it or wait for its end.`,
    { blockers },
  );
}

function openItems(tx: Work["tx"], filing: Filing, kind: Filing["kind"]): Promise<RequestItemRow[]> {
  return tx
    .selectFrom("request_item")
    .selectAll()
    .where("account", "=", filing.account)
    .where("subject_kind", "=", filing.subject.kind)
    .where("subject_key", "=", filing.subject.key)
    .where("request_kind", "=", kind)
    .where("open", "=", true)
    .orderBy("request")
    .execute();
}
