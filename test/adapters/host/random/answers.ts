/** Says of a server's bytes when an answer is complete. */
import type { Socket } from "node:net";

/** An answer that was there in full. */
export interface Answer {
  readonly status: number;
  /** As it was sent: with the sizes of its chunks. */
  readonly body: string;
}

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

  /** The next answer; `undefined` when the connection ends before it is complete. */
  async next(method: string): Promise<Answer | undefined> {
    const head = await this.#until("\r\n\r\n");
    if (head === undefined) return undefined;
    const status = Number(head.split(" ")[1]);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (method === "HEAD" || status === 204 || status === 304) return { status, body: "" };
    const body = length === undefined ? await this.#chunks() : await this.#bytes(Number(length));
    return body === undefined ? undefined : { status, body };
  }

  /** Waits until this many bytes have come that `next` has not given, or all that will. */
  async begin(bytes: number): Promise<void> {
    while (this.#buffer.length < bytes && !this.closed) await this.#wait();
  }

  /** Waits until the server has ended the connection. */
  async end(): Promise<void> {
    while (!this.closed) await this.#wait();
  }

  async #chunks(): Promise<string | undefined> {
    let body = "";
    for (;;) {
      const size = Number.parseInt((await this.#until("\r\n")) ?? "", 16);
      const chunk = Number.isNaN(size) ? undefined : await this.#bytes(size + 2);
      if (chunk === undefined) return undefined;
      if (size === 0) return body;
      body += chunk;
    }
  }

  async #bytes(count: number): Promise<string | undefined> {
    await this.begin(count);
    if (this.#buffer.length < count) return undefined;
    const bytes = this.#buffer.slice(0, count);
    this.#buffer = this.#buffer.slice(count);
    return bytes;
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
