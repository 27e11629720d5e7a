/** The life of one Hono request in its scope, from the middleware's call to the scope's end. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Context, Next } from "hono";
import { enter } from "../../context/cell.js";
import type { Scope } from "../../registry/api.js";
import { DESCRIPTION_AND_FRAMING } from "../host/answer-headers.js";
import type { Host } from "../host/host.js";
import type { LiveScopes } from "../host/live-scopes.js";
import type { HostOptions, Settings } from "../host/options.js";
import { outcomeOfWork } from "../host/outcome.js";
import { warnOf } from "../host/reports.js";
import { HostRequest } from "../host/request.js";
import type { Wire } from "../host/response-over.js";
import { HonoContext } from "./hono-context.js";
import { bodyOf, WebBody } from "./web-body.js";

/** What there is to know of Hono. */
export const HONO: Host<[c: Context]> = {
  name: "Hono",
  unsettled: "its middleware have not settled",
  titleOf: ({ req }) => `${req.method} ${req.path}`,
  seed: (scope, c) => void scope.seed(HonoContext, c),
};

export class HonoExchange extends HostRequest<[c: Context]> {
  readonly #c: Context;
  #body: WebBody | undefined;
  #signal: AbortSignal | undefined;

  constructor(c: Context, scope: Scope, settings: Settings<HostOptions<[c: Context]>>, all: LiveScopes) {
    super(HONO, [c], wireOf(c), scope, settings, all);
    this.#c = c;
    this.watch();
    if (this.wire === undefined) this.#watchSignal(c.req.raw.signal);
  }

  protected get status(): number {
    return this.#c.finalized ? this.#c.res.status : 500;
  }

  protected get headSent(): boolean {
    return true;
  }

  protected get streams(): WebBody | undefined {
    return this.#body;
  }

  protected tell(error: unknown): void {
    warnOf(error, this.title, HONO.name);
  }

  /** Runs the rest of the chain in the scope. */
  run(next: Next): Promise<void> {
    return enter(this.scope, async () => {
      try {
        await next();
      } catch (error) {
        this.thrown = { error };
      }
      await this.#settle();
    });
  }

  /** The chain has settled: ends the scope at once, or, if the body is a stream, after it. */
  async #settle(): Promise<void> {
    const c = this.#c;
    const isThrown = this.thrown !== undefined;
    // Hono catches what handlers throw before any middleware sees it.
    if (c.error !== undefined) this.thrown ??= { error: c.error };
    const body = !isThrown && c.finalized ? await this.#lookIntoBody() : undefined;
    this.settled = true;
    if (body instanceof WebBody) return this.#endLater(body);
    const undoneBy = await this.endBefore();
    if (undoneBy !== undefined) this.#withdrawAnswer();
    const problem = undoneBy ?? (isThrown ? this.thrown : undefined);
    if (problem !== undefined) throw problem.error;
  }

  /** What is complete is put back as it was. */
  async #lookIntoBody(): Promise<WebBody | undefined> {
    const { res, req } = this.#c;
    if (res.body === null || res.body.locked) return undefined;
    if (req.raw.method === "HEAD") {
      // Hono drops it without a word.
      await res.body.cancel().catch(() => {});
      this.#replaceBody(null);
      return undefined;
    }
    const body = await bodyOf(res.body, this.scope);
    this.#replaceBody(body instanceof WebBody ? body.stream : body);
    return body instanceof WebBody ? body : undefined;
  }

  #endLater(body: WebBody): void {
    this.#body = body;
    if (this.wire === undefined) body.ended = (cut) => this.responseIsOver(cut);
    void this.endAfterResponse(outcomeOfWork(this.status, this.scope, this.thrown));
  }

  #replaceBody(body: ReadableStream | Uint8Array<ArrayBuffer> | null): void {
    const { status, statusText, headers } = this.#c.res;
    // Else Hono would add the headers of one to those of the other.
    this.#c.res = undefined;
    this.#c.res = new Response(body, { status, statusText, headers });
  }

  /** What error handlers answer takes over the headers that are left. */
  #withdrawAnswer(): void {
    const headers = new Headers(this.#c.res.headers);
    for (const name of DESCRIPTION_AND_FRAMING) headers.delete(name);
    this.#c.res = undefined;
    this.#c.res = new Response(null, { status: 500, headers });
  }

  /** Without a server, this is all that tells of a client that has left. */
  #watchSignal(signal: AbortSignal): void {
    this.#signal = signal;
    if (signal.aborted) this.#left();
    else signal.addEventListener("abort", this.#left);
  }

  readonly #left = (): void => this.responseIsOver(true);

  protected override hasClosed(): void {
    super.hasClosed();
    // The caller's may live for long, and would keep the request.
    this.#signal?.removeEventListener("abort", this.#left);
  }
}

/** Node's own request and response, where `@hono/node-server` serves. */
function wireOf(c: Context): Wire | undefined {
  const { incoming, outgoing } = (c.env ?? {}) as { incoming?: IncomingMessage; outgoing?: ServerResponse };
  return incoming !== undefined && outgoing !== undefined ? { req: incoming, res: outgoing } : undefined;
}
