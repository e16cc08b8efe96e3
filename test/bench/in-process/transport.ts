/** A platform and a desk in place of sockets. */
import type { Transport } from "../../../provider/http/transport";
import { PLANS } from "../programs/entries";
import { type Answer, type Call, openCount } from "./call";
import { createDesk } from "./desk";
import { openJournal } from "./journal";
import { createLmpi } from "./lmpi";

const JSON_TYPE = { "content-type": "application/json" };

/** Both keep what they are told in `file`, and count their calls beside it. */
export function inProcess(file: string): Transport {
  const journal = openJournal(file);
  const count = openCount(`${file}.calls`);
  const desk = createDesk(journal);
  const lmpi = createLmpi(
    journal,
    PLANS.map(({ id, name }) => ({ service_plan_id: id, name })),
  );
  return {
    attempt: async ({ method, url, body }) => {
      const { pathname, searchParams } = new URL(url);
      const call: Call = {
        method,
        path: pathname,
        query: searchParams,
        body: body === undefined ? {} : (JSON.parse(body) as Record<string, unknown>),
      };
      count(call);
      const { status, body: answer }: Answer = (pathname.startsWith("/LMPI/") ? lmpi : desk)(call);
      const text = answer === undefined ? "" : JSON.stringify(answer);
      return { answered: true, status, headers: JSON_TYPE, body: Buffer.from(text) };
    },
    close: () => undefined,
  };
}
