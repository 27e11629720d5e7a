/** A client on a raw socket: reads answers, and leaves in every way that a client can. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

/** Says of the server's bytes when an answer is complete. */
export class Answers {
  #buffer = "";
  closed = false;
  #more: (() => void) | undefined;

  constructor(socket: Socket) {
    socket.setEncoding("latin1").on("data", (data: string) => this.#take(data));
    const ended = () => {
      this.closed = true;
      this.#more?.();
    };
    socket.once("end", ended).once("close", ended);
  }

  /** The status of the next answer, once it is there in full; `undefined` when the connection ends before. */
  async next(method: string): Promise<number | undefined> {
    const head = await this.#until("\r\n\r\n");
    if (head === undefined) return undefined;
    const status = Number(head.split(" ")[1]);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (method === "HEAD" || status === 204 || status === 304) return status;
    if (length !== undefined) return (await this.#bytes(Number(length))) ? status : undefined;
    return (await this.#chunks()) ? status : undefined;
  }

  /** Waits for the first byte of an answer. */
  async begin(): Promise<void> {
    while (this.#buffer === "" && !this.closed) await this.#wait();
  }

  async #chunks(): Promise<boolean> {
    for (;;) {
      const size = Number.parseInt((await this.#until("\r\n")) ?? "", 16);
      if (Number.isNaN(size) || !(await this.#bytes(size + 2))) return false;
      if (size === 0) return true;
    }
  }

  async #bytes(count: number): Promise<boolean> {
    while (this.#buffer.length < count && !this.closed) await this.#wait();
    if (this.#buffer.length < count) return false;
    this.#buffer = this.#buffer.slice(count);
    return true;
  }

  async #until(mark: string): Promise<string | undefined> {
    while (!this.#buffer.includes(mark) && !this.closed) await this.#wait();
    const end = this.#buffer.indexOf(mark);
    if (end < 0) return undefined;
    const text = this.#buffer.slice(0, end);
    this.#buffer = this.#buffer.slice(end + mark.length);
    return text;
  }

  #take(data: string): void {
    this.#buffer += data;
    this.#more?.();
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => (this.#more = resolve));
  }
}

export type Farewell = "stay" | "reset" | "close" | "half";

/** One connection: what it asks, and when and how it goes. */
export interface Plan {
  readonly requests: readonly { readonly method: string; readonly path: string; readonly zipped: boolean }[];
  readonly pipelined: boolean;
  readonly farewell: Farewell;
  /** How many answers it reads before it leaves. */
  readonly answers: number;
  /** What it waits for after them. */
  readonly pause: "none" | "turns" | "first byte";
}

/** Carries out `plan`; gives the statuses of the answers that it read in full. */
export async function visit(port: number, plan: Plan): Promise<(number | undefined)[]> {
  const socket = connect({ port, allowHalfOpen: plan.farewell === "half" });
  socket.on("error", () => {});
  const answers = new Answers(socket);
  const statuses: (number | undefined)[] = [];
  await Promise.race([once(socket, "connect"), once(socket, "close")]);
  if (plan.pipelined) socket.write(plan.requests.map(headOf).join(""));
  for (const [index, request] of plan.requests.entries()) {
    if (!plan.pipelined) socket.write(headOf(request));
    if (index === plan.answers) break;
    statuses.push(await answers.next(request.method));
  }
  if (plan.pause === "turns") for (let turn = 0; turn < 5; turn += 1) await nextTurn();
  if (plan.pause === "first byte") await answers.begin();
  await leave(socket, answers, plan.farewell);
  return statuses;
}

async function leave(socket: Socket, answers: Answers, farewell: Farewell): Promise<void> {
  if (socket.closed) return;
  const closed = once(socket, "close");
  if (answers.closed) socket.destroy();
  else if (farewell === "reset") socket.resetAndDestroy();
  else if (farewell === "close") socket.destroy();
  else socket.end();
  await closed;
}

function headOf({ method, path, zipped }: Plan["requests"][number]): string {
  return `${method} ${path} HTTP/1.1\r\nHost: test\r\n${zipped ? "Accept-Encoding: gzip\r\n" : ""}\r\n`;
}
