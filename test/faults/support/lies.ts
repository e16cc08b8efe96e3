/** Answers that are not true, made of the true one. */
import type { Reply } from "./wire";

/** What a lie is made of: the true answer, and the true one to the first call of its kind. */
interface Truth {
  readonly reply: Reply;
  readonly first: Reply;
}

export type Lie = (truth: Truth) => Reply;

type Row = Readonly<Record<string, unknown>>;

interface Listed {
  readonly [name: string]: unknown;
}

/** The same answer with another body. */
export function answering(reply: Reply, body: unknown): Reply {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { "content-length": _, ...headers } = reply.headers;
  return { ...reply, headers, body: Buffer.from(text) };
}

/** Changes the rows of a list, by whatever name they come or bare, and what stands beside them. */
export function relisting(rows: (all: readonly Row[]) => readonly Row[], beside: (body: Listed) => object = same): Lie {
  return ({ reply }) => {
    const body = bodyOf(reply);
    if (Array.isArray(body)) return answering(reply, rows(body as readonly Row[]));
    const name = Object.keys(body).find((key) => Array.isArray(body[key])) ?? "";
    return answering(reply, { ...body, ...beside(body), [name]: rows(body[name] as readonly Row[]) });
  };
}

/** What the platform's paging says, changed. */
export function paging(change: (total: number) => object): (body: Listed) => object {
  return (body) => {
    const now = body.paging as { readonly total: number };
    return { paging: { ...now, ...change(now.total) } };
  };
}

export const saying =
  (body: unknown): Lie =>
  ({ reply }) =>
    answering(reply, body);

/** The first answer again, whatever was asked for. */
export const repeating: Lie = ({ first }) => first;

/** The first half of its bytes, with a length that fits. */
export const cutting: Lie = ({ reply }) =>
  answering(reply, reply.body.toString().slice(0, Math.floor(reply.body.length / 2)));

export function half<T>(rows: readonly T[]): readonly T[] {
  return rows.slice(0, Math.floor(rows.length / 2));
}

/** The ids and names of nobody that we know, one for one. */
export function ofSomebodyElse(rows: readonly Row[]): readonly Row[] {
  return rows.map((row) => JSON.parse(JSON.stringify(row, (key, value) => (isOwn(key) ? other(value) : value))) as Row);
}

function isOwn(key: string): boolean {
  return /^(id|key|name|account|resource|objectId|naturalKey)$|_id$/.test(key);
}

function other(value: unknown): unknown {
  return typeof value === "string" ? `other-${value}` : value;
}

function same(): object {
  return {};
}

function bodyOf(reply: Reply): Listed {
  return JSON.parse(reply.body.toString()) as Listed;
}
