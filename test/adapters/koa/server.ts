/** A Koa server on a free port, and what a scope tells of its end. */
import { createServer } from "node:http";
import type { Outcome } from "ambit";
import { listener } from "ambit/koa";
import Koa from "koa";
import { type Deferred, deferred } from "../../support/deferred.js";
import { listen, scopeNow } from "../host/server.js";

export * from "../host/server.js";

/** An app that keeps what it is told by `app.on("error")`. */
export function quietApp(): Koa & { errors: unknown[] } {
  const errors: unknown[] = [];
  const app = Object.assign(new Koa(), { errors });
  app.on("error", (error) => errors.push(error));
  return app;
}

/** Serves `app` until the test has ended; gives the port. */
export async function serve(app: Koa<any, any>, { wrapped = false } = {}): Promise<number> {
  return listen(createServer(wrapped ? listener(app) : (req, res) => void app.callback()(req, res)));
}

export interface Ending {
  /** Goes right inside `scopePerRequest`. */
  readonly middleware: Koa.Middleware;
  /** How the first scope ended that came by. */
  readonly outcome: Promise<Outcome>;
  /** How each scope ended that came by, in the order of their ends. */
  readonly all: Outcome[];
}

/** Hears how scopes end. */
export function ending(): Ending {
  const first: Deferred<Outcome> = deferred();
  const all: Outcome[] = [];
  const middleware: Koa.Middleware = (_, next) => {
    scopeNow().defer((outcome) => {
      all.push(outcome);
      first.resolve(outcome);
    });
    return next();
  };
  return { middleware, outcome: first.promise, all };
}
