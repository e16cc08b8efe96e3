import { createHash } from "node:crypto";
import { expect } from "chai";
import { append, canonicalJson, head, verify } from "../../../desk/audit/chain";
import type { Store } from "../../../desk/store/store";
import { completed, leaving, onBothStores, openTestDesk, type TestDesk } from "../support/desk";

interface Record_ {
  readonly seq: number;
  readonly at: string;
  readonly by: { readonly email: string };
  readonly action: string;
  readonly subject: string;
  readonly body: unknown;
  readonly hash: string;
}

describe("desk: the hash chain", () => {
  it("writes the same value as the same text, whatever the order of its members", () => {
    expect(canonicalJson({ b: [1, { d: undefined, c: null }], a: "ü\n" })).to.equal('{"a":"ü\\n","b":[1,{"c":null}]}');
    expect(canonicalJson([undefined, 0, false])).to.equal("[null,0,false]");
  });

  onBothStores((openStore) => {
    describe("of a desk at work", () => {
      let desk: TestDesk;
      before(async () => {
        desk = await openTestDesk(await openStore());
      });
      after(() => desk.close());
      const records = async (query: string) =>
        (await desk.auditor.get<{ items: Record_[] }>(`/v1/audit/records?${query}`)).items;

      it("has one record for every change, and none for what was refused or read", async () => {
        const before = (await desk.auditor.get<{ seq: number }>("/v1/audit/head")).seq;
        const { id } = await desk.pipeline.post("/v1/requests", leaving("jane@example.com", "ShieldOne"));
        await desk.pipeline.post("/v1/requests", leaving("jane@example.com", "ShieldOne"));
        await desk.operator.refused("POST", `/v1/requests/${id}/submit`, {});
        await desk.auditor.get(`/v1/requests/${id}`);
        const [record, ...more] = await records(`after=${before}`);
        expect(more).to.deep.equal([]);
        expect(record).to.deep.include({
          seq: before + 1,
          action: "filed",
          subject: `request:${id}`,
          by: { email: "pipeline@example.com" },
        });
        expect(record?.body).to.deep.include({ note: "left the company" });
      });

      it("can be checked by anybody from what the desk tells", async () => {
        await completed(desk, (await desk.pipeline.post("/v1/requests", leaving("check@example.com", "ShieldOne"))).id);
        let previous = "0".repeat(64);
        for (const { hash, seq, at, by, action, subject, body } of await records("limit=1000")) {
          expect(hash).to.equal(
            createHash("sha256")
              .update(previous)
              .update(canonicalJson({ seq, at, by, action, subject, body }))
              .digest("hex"),
          );
          previous = hash;
        }
        const { seq, hash } = await desk.auditor.get<{ seq: number; hash: string }>("/v1/audit/head");
        expect(hash).to.equal(previous);
        expect(await desk.auditor.get("/v1/audit/verify")).to.deep.equal({ ok: true, count: seq });
      });

      it("is checked against a head that somebody kept, and says what it takes for one", async () => {
        const { seq, hash } = await desk.auditor.get<{ seq: number; hash: string }>("/v1/audit/head");
        await desk.pipeline.post("/v1/requests", leaving("kept@example.com", "ShieldOne"));
        const against = (query: string) => `/v1/audit/verify?${query}`;
        expect(await desk.auditor.get(against(`seq=${seq}&hash=${hash}`))).to.deep.equal({ ok: true, count: seq + 1 });
        const other = await desk.auditor.get(against(`seq=${seq}&hash=${"0".repeat(64)}`));
        expect(other).to.deep.equal({ ok: false, count: seq - 1, firstBroken: seq });
        for (const query of ["seq=1", `hash=${hash}`, "seq=1&hash=secret", `seq=x&hash=${hash}`])
          expect(await desk.auditor.refused("GET", against(query))).to.include({ kind: "validation" });
      });

      it("is read in pages", async () => {
        const [first, second] = await records("limit=2");
        expect((await records(`after=${first?.seq}&limit=1`))[0]).to.deep.equal(second);
      });

      it("never forks under clients that write at once", async () => {
        await Promise.all(
          Array.from({ length: 20 }, (_, i) =>
            desk.pipeline.post("/v1/requests", leaving(`many-${i}@example.com`, "ShieldOne")),
          ),
        );
        expect(await desk.auditor.get("/v1/audit/verify")).to.deep.include({ ok: true });
      });
    });

    describe("that was tampered with", () => {
      let store: Store;
      beforeEach(async () => {
        store = await openStore();
        await store.write(async (tx) => {
          for (let i = 1; i <= 5; i++) {
            await append(tx, {
              at: `2026-03-02T09:00:0${i}.000Z`,
              by: { email: "olga@example.com" },
              action: "confirmed",
              subject: "request:R-1",
              body: { note: `record ${i}` },
            });
          }
        });
      });
      afterEach(() => store.close());
      const record3 = (changes: Readonly<Record<string, unknown>>) =>
        store.write((tx) => tx.updateTable("audit_record").set(changes).where("seq", "=", 3).execute());

      it("is whole to begin with", async () => {
        expect(await verify(store)).to.deep.equal({ ok: true, count: 5 });
      });

      const TAMPERING = [
        { reason: "a body", act: () => record3({ body: '{"note":"something else"}' }) },
        { reason: "a body that is no JSON any more", act: () => record3({ body: "{" }) },
        { reason: "who", act: () => record3({ by: '{"email":"somebody@example.com"}' }) },
        { reason: "when", act: () => record3({ at: "2026-03-02T09:00:03.001Z" }) },
        { reason: "what", act: () => record3({ action: "rejected" }) },
        { reason: "about what", act: () => record3({ subject: "request:R-2" }) },
        { reason: "a hash", act: () => record3({ hash: "0".repeat(64) }) },
        {
          reason: "a record that was taken out",
          act: () => store.write((tx) => tx.deleteFrom("audit_record").where("seq", "=", 3).execute()),
        },
        {
          reason: "a record with a hash that fits it",
          act: async () => {
            const body = { note: "forged" };
            const entry = {
              at: "2026-03-02T09:00:03.000Z",
              by: { email: "olga@example.com" },
              action: "confirmed",
              subject: "request:R-1",
            };
            const two = await store.read((tx) =>
              tx.selectFrom("audit_record").select("hash").where("seq", "=", 2).executeTakeFirstOrThrow(),
            );
            const hash = createHash("sha256")
              .update(two.hash)
              .update(canonicalJson({ seq: 3, ...entry, body }))
              .digest("hex");
            await record3({ body: canonicalJson(body), hash });
          },
          breaks: 4,
        },
      ];
      for (const { reason, act, breaks = 3 } of TAMPERING) {
        it(`shows where: ${reason}`, async () => {
          await act();
          expect(await verify(store)).to.deep.equal({ ok: false, count: breaks - 1, firstBroken: breaks });
        });
      }

      it("shows against a head that was kept elsewhere that its end was cut off", async () => {
        const kept = await store.read(head);
        await store.write((tx) => tx.deleteFrom("audit_record").where("seq", ">", 3).execute());
        expect(await verify(store)).to.deep.equal({ ok: true, count: 3 });
        expect(await verify(store, kept)).to.deep.equal({ ok: false, count: 3, firstBroken: 4 });
      });

      it("shows against a head that was kept elsewhere that its end was written anew", async () => {
        const kept = await store.read(head);
        await store.write((tx) => tx.deleteFrom("audit_record").where("seq", "=", 5).execute());
        await store.write((tx) =>
          append(tx, {
            at: "2026-03-02T09:00:06.000Z",
            by: { email: "o@example.com" },
            action: "a",
            subject: "s",
            body: {},
          }),
        );
        expect(await verify(store)).to.deep.equal({ ok: true, count: 5 });
        expect(await verify(store, kept)).to.deep.equal({ ok: false, count: 4, firstBroken: 5 });
      });
    });
  });
});
