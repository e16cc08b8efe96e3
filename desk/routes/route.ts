/** What every file of routes is given, and how a handler learns who calls. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Access, Actor } from "../access/roles";
import { DeskRefusal } from "../problems";
import { unstorable } from "../validate";
import type { Desk } from "../work";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Who may call this route; a route without it is refused at start-up. */
    access?: Access;
  }
  interface FastifyRequest {
    actor: Actor | null;
  }
}

/** One noun's routes. */
export type Routes = (app: FastifyInstance, desk: Desk) => void;

/** The options that name a route's access. */
export function access(wanted: Access): { readonly config: { readonly access: Access } } {
  return { config: { access: wanted } };
}

/** Who calls; only routes that take a token ask. */
export function actorOf(request: FastifyRequest): Actor {
  if (request.actor === null) throw new DeskRefusal("internal", "A route that takes no token asked who is calling.");
  return request.actor;
}

/** A part of the route's address. */
export function paramOf(request: FastifyRequest, name: string): string {
  const value = (request.params as Readonly<Record<string, string>>)[name] ?? "";
  unstorable(value, name);
  return value;
}
