/** Holds an answer back that is complete, so that it leaves after its scope has closed. */
import { type ServerResponse, validateHeaderValue } from "node:http";
import { keptHead } from "./kept-head.js";
import { callbackIn, checkContent, headersSentError, refuseContent } from "./refusals.js";

/** Hears of what becomes of an answer, before it does. */
export interface Hearer {
  /** Whether the answer comes from streams: then it has parts, even if none of them has come. */
  readonly isPiped: boolean;
  /** `end` was called, and nothing had been sent: the whole answer is held. */
  ended(): void;
  /** The first part of an answer leaves that may have more, and everything after it leaves at once. */
  begun(): void;
  /** The handler destroys the response. */
  destroyed(): void;
}

type Args = unknown[];
type Method = (this: unknown, ...args: Args) => unknown;
type Methods = Record<"writeHead" | "write" | "end" | "flushHeaders" | "destroy", Method>;

/** What changes a head, and what Node says that it cannot when that has left. HTTP/2 has not all of them. */
const HEAD_CHANGES = { setHeader: "set", setHeaders: "set", appendHeader: "append", removeHeader: "remove" } as const;

/**
 * The methods of one response that send something, or change its head. To its handler a held answer looks like one that
 * has left: its status is the one it had when it was ended, and its headers cannot be changed any more. Only content after
 * its end is refused without the event "error", which ends a process that does not listen.
 */
export class HeldAnswer {
  readonly #res: ServerResponse;
  readonly #hearer: Hearer;
  readonly #own: Methods;
  /** What `writeHead` was called with. */
  #head: Args | undefined;
  /** What `end` was called with, but for its callback. */
  #end: Args | undefined;
  #status = 0;
  #message: string | undefined;
  /** Whether calls go through. */
  #open = false;

  constructor(res: ServerResponse, hearer: Hearer) {
    this.#res = res;
    this.#hearer = hearer;
    const { writeHead, write, end, flushHeaders, destroy } = res as unknown as Methods;
    this.#own = { writeHead, write, end, flushHeaders, destroy };
    this.#takeOver();
  }

  /** Holds an end without content, of whatever head: another answer will take its place. */
  holdNothing(): void {
    this.#hold([]);
  }

  /** Sends what was held, as it was when it was ended. */
  release(): void {
    if (this.#open || this.#end === undefined) return;
    if (this.#head === undefined) this.#restoreStatus();
    this.#begin();
    this.#own.end.apply(this.#res, this.#end);
  }

  /** Forgets what was held, and its reason: another answer takes its place. */
  withdraw(): void {
    this.#open = true;
    this.#head = this.#end = this.#reason = undefined;
  }

  /** The status that the answer has, or will have: of one that is held it is the one that leaves. */
  get status(): number {
    return this.#isHeld ? this.#status : this.#res.statusCode;
  }

  get #isHeld(): boolean {
    return this.#end !== undefined && !this.#open;
  }

  #takeOver(): void {
    const res = this.#res;
    const { writeHead, write, end, flushHeaders, destroy } = this.#own;
    const methods: Methods = {
      writeHead: (...args) => {
        if (this.#open) return writeHead.apply(res, args);
        this.#keepHead(args);
        return res;
      },
      write: (...args) => {
        if (this.#isHeld) return refuseContent(args);
        this.#beginParts();
        return write.apply(res, args);
      },
      end: (...args) => {
        if (this.#hearer.isPiped) this.#beginParts();
        if (this.#open) return end.apply(res, args);
        this.#keepEnd(args);
        return res;
      },
      flushHeaders: () => {
        if (this.#isHeld) return;
        this.#beginParts();
        flushHeaders.call(res);
      },
      destroy: (...args) => {
        this.#hearer.destroyed();
        return destroy.apply(res, args);
      },
    };
    Object.assign(res, methods);
    for (const [name, what] of Object.entries(HEAD_CHANGES)) this.#guard(name, what);
    this.#pretend("headersSent", () => this.#head !== undefined || this.#end !== undefined);
    this.#pretend("writableEnded", () => this.#end !== undefined);
  }

  /** Node's own would still change a head that it has not written. */
  #guard(name: string, what: string): void {
    const own = Reflect.get(this.#res, name) as Method | undefined;
    if (own === undefined) return;
    const guarded = (...args: Args) => {
      if (!this.#open && this.#res.headersSent) throw headersSentError(what);
      return own.apply(this.#res, args);
    };
    Object.assign(this.#res, { [name]: guarded });
  }

  /** What Node would say of `name`, once nothing is held back any more. */
  #pretend(name: "headersSent" | "writableEnded", whileHeld: () => boolean): void {
    const [res, prototype] = [this.#res, Object.getPrototypeOf(this.#res) as object];
    // That of an answer which is held further out, for another container.
    const outer = Object.getOwnPropertyDescriptor(res, name)?.get;
    const real = outer ?? (() => Reflect.get(prototype, name, res) as boolean);
    const get = () => (this.#open ? real() : whileHeld());
    Object.defineProperty(this.#res, name, { configurable: true, get });
  }

  #keepHead(args: Args): void {
    const [status, reason] = args as [number, unknown];
    if (this.#res.headersSent) throw headersSentError("write");
    this.#checkStatus(status, typeof reason === "string" ? reason : this.#reason);
    this.#head = keptHead(args);
    this.#res.statusCode = status;
  }

  #keepEnd(args: Args): void {
    if (this.#end !== undefined) return this.#endAgain(args);
    checkContent(args[0]);
    if (this.#head === undefined) this.#checkStatus(this.#res.statusCode, this.#reason);
    this.#hold(args);
  }

  /** Refuses at once what Node would refuse when the answer leaves, where its handler cannot catch it any more. */
  #checkStatus(status: number, reason: string | undefined): void {
    // Node has the right words for what is wrong.
    if (!(status >= 100 && status <= 999)) this.#own.writeHead.call(this.#res, status);
    if (reason !== undefined) validateHeaderValue("statusMessage", reason);
  }

  #endAgain(args: Args): void {
    if (args[0] && typeof args[0] !== "function") refuseContent(args);
    else this.#callWhenSent(args);
  }

  #hold(args: Args): void {
    this.#callWhenSent(args);
    this.#end = args.filter((arg) => typeof arg !== "function");
    this.#status = (this.#head?.[0] as number | undefined) ?? this.#res.statusCode;
    this.#message = this.#reason;
    this.#hearer.ended();
  }

  /** Node, too, calls back whoever has ended an answer; here it may be that of the error which took its place. */
  #callWhenSent(args: Args): void {
    const callback = callbackIn(args);
    if (callback !== undefined) this.#res.once("finish", callback);
  }

  #restoreStatus(): void {
    this.#res.statusCode = this.#status;
    this.#reason = this.#message;
  }

  /** What was given as `statusMessage`. HTTP/2 has none, and warns whoever asks for it. */
  get #reason(): string | undefined {
    return Object.hasOwn(this.#res, "statusMessage") ? this.#res.statusMessage : undefined;
  }

  set #reason(reason: string | undefined) {
    if (Object.hasOwn(this.#res, "statusMessage")) this.#res.statusMessage = reason as string;
  }

  #beginParts(): void {
    if (this.#open) return;
    this.#hearer.begun();
    this.#begin();
  }

  #begin(): void {
    this.#open = true;
    if (this.#head !== undefined) this.#own.writeHead.apply(this.#res, this.#head);
  }
}
