/** One request in its scope: every part of an answer uses it, and it knows when it must not be used. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { ContextVar, currentScope, type Outcome, type Scope } from "ambit";
import type { Book, Entry } from "./book.js";
import type { Session, Store } from "./store.js";

/** Set by each request in its Context, and looked for wherever its code runs. */
const current = new ContextVar<string>("path of the request");

/** What fails on purpose. */
export class Planned extends Error {}

/** Why a scope fails. */
export class Refused extends Planned {}

export class Visit {
  /** Whether the chain has settled. */
  settled = false;
  #session: Session | undefined;
  #around: Scope | undefined;

  constructor(
    readonly wire: { readonly req: IncomingMessage; readonly res: ServerResponse },
    readonly scope: Scope,
    readonly entry: Entry,
    readonly book: Book,
  ) {
    current.set(entry.path);
    wire.res.once("finish", () => (entry.sent = true));
    scope.defer(({ status }) => void (entry.outcome = status));
    scope.signal.addEventListener("abort", () => this.here());
  }

  /** Another container has a scope around this one: it ends after it. */
  surroundedBy(outer: Scope): void {
    const ends: NonNullable<Entry["around"]> = [];
    this.entry.around = ends;
    this.#around = outer;
    outer.defer(({ status }) => void ends.push({ outcome: status, ownHadClosed: this.scope.state === "closed" }));
  }

  /** One for each request: begins when it is first asked for, and ends as the scope says. */
  async *transaction(store: Store): AsyncGenerator<Session, void, Outcome> {
    const { transaction } = this.entry;
    const session = await store.begin(this.entry.path);
    this.here();
    transaction.push("BEGIN");
    this.#session = session;
    const { status } = yield session;
    this.here();
    if (status !== "success") {
      transaction.push("ROLLBACK");
      await session.rollback();
    } else {
      const end = transaction.push("COMMIT") - 1;
      await session.commit().catch((cause) => {
        transaction[end] = "REFUSED";
        throw new Refused("COMMIT was refused.", { cause });
      });
    }
    this.here();
  }

  /** For code that must run in the Context of its request. */
  here(): void {
    this.inScope(current.get("none"));
  }

  /** For code that must run in the scope of its request, wherever the variables come from. */
  inScope(path = this.entry.path): void {
    const isOver = this.#around !== undefined && this.scope.state === "closed";
    if (isOver && currentScope() === this.#around) return;
    if (currentScope() !== this.scope || path !== this.entry.path) this.book.count("otherContext", this.entry.path);
  }

  /** For code of the app around the request, where each of its scopes will do. */
  inAnyScope(): void {
    if (currentScope() !== this.#around || this.#around === undefined) this.inScope();
  }

  /** What a service of the request would do. */
  use(): string {
    this.here();
    const { disposed, transaction, path } = this.entry;
    if (disposed > 0 || transaction.length > 1) this.book.count("usesAfterClose", path);
    return this.entry.path;
  }

  /** The same, with a row for the transaction. */
  async write(): Promise<void> {
    this.use();
    this.entry.rows += 1;
    await this.#session?.write();
    this.here();
  }

  async spoil(): Promise<void> {
    this.use();
    await this.#session?.spoil();
  }

  async turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await nextTurn();
    this.use();
  }

  /** Some turns of the event loop, for code that stops when the response is over. */
  async turnsWhileOpen(count: number): Promise<boolean> {
    for (let turn = 0; turn < count && this.isOpen; turn += 1) await nextTurn();
    return this.isOpen;
  }

  get isOpen(): boolean {
    const { req, res } = this.wire;
    return !res.destroyed && !req.socket.destroyed;
  }

  async untilAborted(): Promise<void> {
    const { signal } = this.scope;
    if (!signal.aborted) await once(signal, "abort");
    this.use();
  }

  /** A stream that uses the request wherever a stream runs code, and is closed a turn after it was destroyed. */
  stream(chunks: number, { failing = false } = {}): Readable {
    let left = chunks;
    let begun = false;
    const read = () => {
      if (begun) this.use();
      else void this.write();
      begun = true;
      if (left-- > 0) setImmediate(() => stream.push(`${this.use()}\n`));
      else if (failing) stream.destroy(new Planned("The stream fails."));
      else stream.push(null);
    };
    const destroy = (error: Error | null, done: (error: Error | null) => void) => {
      this.use();
      void nextTurn().then(async () => {
        await this.write();
        done(error);
      });
    };
    const stream: Readable = new Readable({ read, destroy });
    return stream;
  }

  web(chunks: number): ReadableStream {
    let left = chunks;
    const pull = async (controller: ReadableStreamDefaultController): Promise<void> => {
      this.use();
      await nextTurn();
      if (left-- > 0) controller.enqueue(Buffer.from(`${this.use()}\n`));
      else controller.close();
    };
    const cancel = async (): Promise<void> => {
      await nextTurn();
      await this.write();
    };
    return new ReadableStream({ pull, cancel }, { highWaterMark: 0 });
  }

  async *rows(count: number): AsyncGenerator<string> {
    try {
      for (let row = 0; row < count; row += 1) {
        await this.write();
        yield `${this.use()}\n`;
        await nextTurn();
      }
    } finally {
      await this.write();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.here();
    if (++this.entry.disposed > 1) this.book.count("closedTwice", this.entry.path);
    await nextTurn();
    this.here();
  }
}
