/** The posting side's hold on one worker: what it can be told, and how it ends. */
import { lastWordsOn, type MessagePort, type TransferListItem } from "../../thread/ports.js";
import { endedHard, endedItself } from "./errors.js";
import { type PackedError, unpackError } from "./packed-error.js";
import { firstBoard } from "./places.js";
import type { Command, Report } from "./protocol.js";
import { TOO_LATE, within } from "./within.js";

/** A worker thread; tinypool's wrapper around one is one, too. */
export interface EndableWorker {
  readonly threadId: number;
  once(event: "exit", listener: (code: number) => void): unknown;
  terminate(): Promise<unknown>;
  ref?(): unknown;
}

/** Who hears what becomes of a worker. */
export interface LinkOwner {
  /** How long a polite end may take, in milliseconds. */
  readonly deadline: number;
  /** It ended without having disposed its thread. */
  forced(threadId: number, reason: Error): void;
  /** What disposers threw at its end. */
  failed(errors: readonly unknown[]): void;
  answered(task: number, answer: unknown): void;
  gone(link: WorkerLink): void;
}

/** A worker that has said hello. */
export class WorkerLink {
  readonly threadId: number;
  /** Resolves when the thread is no more. */
  readonly exited: Promise<number>;
  /** Whether a task has ended there, or with it. */
  hasWorked = false;
  readonly #worker: EndableWorker;
  readonly #port: MessagePort;
  readonly #owner: LinkOwner;
  readonly #terminate: () => Promise<unknown>;
  #saidGoodbye!: () => void;
  readonly #goodbye = new Promise<void>((resolve) => (this.#saidGoodbye = resolve));
  #crash: PackedError | undefined;
  #polite = false;
  #reported = false;
  #ending: Promise<number> | undefined;

  constructor(worker: EndableWorker, port: MessagePort, owner: LinkOwner) {
    this.threadId = worker.threadId;
    this.#worker = worker;
    this.#port = port;
    this.#owner = owner;
    this.#terminate = worker.terminate.bind(worker);
    this.exited = new Promise((resolve) => {
      worker.once("exit", (code) => {
        this.#exit(code);
        resolve(code);
      });
    });
    port.on("message", (report: Report) => this.#hear(report));
    port.unref();
    this.tell({ kind: "welcome", board: firstBoard });
  }

  /** Keeps this thread alive, or does not any more, for what the worker is to say. */
  keepAlive(isAwaited: boolean): void {
    if (isAwaited) this.#port.ref();
    else if (this.#ending === undefined) this.#port.unref();
  }

  /** Has everyone who terminates the worker end it politely instead. */
  replaceTerminate(): void {
    this.#worker.terminate = () => this.end();
  }

  tell(command: Command, transfer: readonly TransferListItem[] = []): void {
    this.#port.postMessage(command, transfer);
  }

  /**
   * Has the worker abort its tasks and dispose its thread, then terminates it; at the deadline it is terminated in any
   * case, and that is reported. Asked again, it gives the same end.
   */
  end(grace = this.#owner.deadline / 2): Promise<number> {
    return (this.#ending ??= this.#end(() => this.askToEnd(grace)));
  }

  /** Has the worker abort its tasks, give them `grace` milliseconds, and dispose its thread. */
  askToEnd(grace = this.#owner.deadline / 2): void {
    this.tell({ kind: "end", grace });
  }

  /** The same for a worker that somebody else asks to end. */
  expectEnd(): Promise<number> {
    return (this.#ending ??= this.#end(() => {}));
  }

  async #end(ask: () => void): Promise<number> {
    const { deadline } = this.#owner;
    this.#worker.ref?.();
    this.#port.ref();
    ask();
    const said = await within(Promise.race([this.#goodbye, this.exited]), deadline);
    if (said === TOO_LATE) this.#report(endedHard(this.threadId, deadline));
    await this.#terminate();
    return this.exited;
  }

  /** Whether it has disposed its thread. */
  get isPolite(): boolean {
    return this.#polite;
  }

  /** What nobody caught there. Node tells of it too, but of some errors nothing but that they were. */
  get crash(): PackedError | undefined {
    this.#catchUp();
    return this.#crash;
  }

  #hear(report: Report): void {
    if (report.kind === "crashed") this.#crash = report.error;
    if (report.kind === "answer") return this.#owner.answered(report.task, report.answer);
    if (report.kind !== "ended") return;
    this.#polite = true;
    if (report.errors.length > 0) this.#owner.failed(report.errors.map((error) => unpackError(error)));
    this.#saidGoodbye();
  }

  /** What it said last may still be on its way when its end is known. */
  #catchUp(): void {
    for (const report of lastWordsOn(this.#port)) this.#hear(report as Report);
  }

  #exit(code: number): void {
    this.#catchUp();
    this.#port.close();
    if (!this.#polite) this.#report(endedItself(this.threadId, code));
    this.#owner.gone(this);
  }

  /** A worker that is ended hard exits after that: it is reported once. */
  #report(reason: Error): void {
    if (this.#reported) return;
    this.#reported = true;
    this.#owner.forced(this.threadId, reason);
  }
}
