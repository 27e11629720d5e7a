/** The app at which the random client fires, and the book it keeps. */
import { once } from "node:events";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import Koa from "koa";
import compress from "koa-compress";
import { Container, currentScope, Lifecycle, type Outcome, Scope } from "ambit";
import { KoaContext, scopePerRequest } from "ambit/koa";
import { KINDS, type KindName } from "./kinds.js";

/** What no request may do. */
export interface Violations {
  usesAfterClose: number;
  closedTwice: number;
  /** Code of one request that ran in the scope of another, or in none. */
  wrongScope: number;
}

/** What the book says of one request. It holds nothing of it, so that there may be very many. */
export interface Entry {
  readonly kind: KindName;
  readonly url: string;
  /** How often its instance was disposed. */
  closed: number;
  outcome: Outcome["status"] | undefined;
}

/** One request in its scope: every part of an answer uses it. */
export class Visit {
  commit: () => Promise<void> = nextTurn;

  constructor(
    readonly ctx: Koa.Context,
    readonly scope: Scope,
    readonly entry: Entry,
    readonly violations: Violations,
  ) {
    scope.defer(({ status }) => void (entry.outcome = status));
  }

  /** Some turns of the event loop, for code that stops when the response is over. */
  async turnsWhileOpen(count: number): Promise<boolean> {
    for (let turn = 0; turn < count && this.isOpen; turn += 1) await nextTurn();
    return this.isOpen;
  }

  get isOpen(): boolean {
    const { req, res } = this.ctx;
    return !res.destroyed && !req.socket.destroyed;
  }

  /** What a service of the request would do. */
  use(): string {
    if (this.entry.closed > 0) this.violations.usesAfterClose += 1;
    return this.ctx.path;
  }

  /** The same, by code that has to find its scope. */
  useFromHere(): string {
    if (currentScope() !== this.scope) this.violations.wrongScope += 1;
    return this.use();
  }

  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await nextTurn();
    this.useFromHere();
  }

  async untilAborted(): Promise<never> {
    const { signal } = this.scope;
    if (!signal.aborted) await once(signal, "abort");
    this.useFromHere();
    throw signal.reason;
  }

  stream(chunks: number, { failing = false } = {}): Readable {
    let left = chunks;
    const read = () => {
      this.useFromHere();
      if (left-- > 0) setImmediate(() => stream.push(`${this.use()}\n`));
      else if (failing) stream.destroy(new Error("The stream fails."));
      else stream.push(null);
    };
    const destroy = (error: Error | null, done: (error: Error | null) => void) => {
      this.useFromHere();
      void nextTurn().then(() => {
        this.use();
        done(error);
      });
    };
    const stream: Readable = new Readable({ read, destroy });
    return stream;
  }

  web(chunks: number): ReadableStream {
    let left = chunks;
    return new ReadableStream(
      {
        pull: async (controller) => {
          this.useFromHere();
          await nextTurn();
          if (left-- > 0) controller.enqueue(Buffer.from(`${this.use()}\n`));
          else controller.close();
        },
        cancel: async () => {
          await nextTurn();
          this.use();
        },
      },
      { highWaterMark: 0 },
    );
  }

  async *rows(count: number): AsyncGenerator<string> {
    try {
      for (let row = 0; row < count; row += 1) {
        yield `${this.useFromHere()}\n`;
        await nextTurn();
      }
    } finally {
      this.useFromHere();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.useFromHere();
    if (++this.entry.closed > 1) this.violations.closedTwice += 1;
    await this.commit();
  }
}

export class RandomServer {
  readonly app = new Koa();
  readonly container = new Container();
  readonly book: Entry[] = [];
  readonly violations: Violations = { usesAfterClose: 0, closedTwice: 0, wrongScope: 0 };

  constructor() {
    const { app, container } = this;
    container.register(Visit, { useFactory: () => this.#visit() }, { lifecycle: Lifecycle.ContextScoped });
    app.on("error", () => {});
    app.use(compress({ threshold: 0 }));
    app.use(scopePerRequest(container));
    app.use(handleErrors);
    app.use(async (ctx) => {
      const visit = container.resolve(Visit);
      if (ctx.query.late) await visit.turns(3);
      await KINDS[visit.entry.kind].answer(ctx, visit);
    });
  }

  #visit(): Visit {
    const ctx = this.container.resolve(KoaContext);
    const kind = ctx.path.split("/")[1] as KindName;
    const entry: Entry = { kind, url: ctx.url, closed: 0, outcome: undefined };
    this.book.push(entry);
    return new Visit(ctx, this.container.resolve(Scope), entry, this.violations);
  }
}

const handleErrors: Koa.Middleware = async (ctx, next) => {
  try {
    await next();
  } catch (error) {
    const { status } = error as { status?: number };
    if (status !== 422) throw error;
    ctx.status = status;
    ctx.body = { error: String(error) };
  }
};
