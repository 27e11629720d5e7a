/** Sends one request, and goes away in the middle of it if the plan says so. */
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { pipeline } from "node:stream";
import { text } from "node:stream/consumers";
import { createGunzip } from "node:zlib";
import { type Cut, KINDS, type Step } from "./plan.js";

/** `failed`: the connection broke or nothing came, though the client did not go away. */
export type Answer = { status: number; body: string } | "cut" | { failed: string };

/** Longer than any sound answer takes, waiting for a connection of the pool included. */
const PATIENCE = 20_000;

export class Client {
  readonly #keepAlive = new Agent({ keepAlive: true });
  /** How long answers take, in milliseconds: a moving average, so that cuts fall into every moment of a request. */
  #usual = 10;

  constructor(readonly url: string) {}

  /** @param token whose request this is; without one it is anonymous */
  async send(step: Step, token: string | undefined, body: string | undefined): Promise<Answer> {
    const started = performance.now();
    const sent = this.#open(step, token);
    const answer = answerOf(sent, step.cut, this.#usual);
    if (step.cut === "halfSent") sendHalf(sent, body);
    else sent.end(body);
    if ((await answer) !== "cut") this.#usual += (performance.now() - started - this.#usual) / 50;
    return answer;
  }

  close(): void {
    this.#keepAlive.destroy();
  }

  #open({ id, kind, keepAlive, compressed }: Step, token: string | undefined): ClientRequest {
    const { method, path } = KINDS[kind];
    const headers: Record<string, string> = { "x-request-id": id };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (compressed) headers["accept-encoding"] = "gzip";
    if (method === "POST") headers["content-type"] = "application/json";
    return request(this.url + path, { method, headers, agent: keepAlive ? this.#keepAlive : false });
  }
}

function sendHalf(sent: ClientRequest, body = ""): void {
  sent.setHeader("content-length", Buffer.byteLength(body));
  sent.write(body.slice(0, body.length / 2), () => sent.destroy());
}

async function answerOf(sent: ClientRequest, cut: Cut | undefined, usual: number): Promise<Answer> {
  const timers = [setTimeout(() => sent.destroy(new Error(`nothing came for ${PATIENCE} ms`)), PATIENCE)];
  let left = cut === "halfSent";
  const leave = () => {
    left = true;
    sent.destroy();
  };
  if (typeof cut === "number") timers.push(setTimeout(leave, cut * usual));
  try {
    const response = await responseTo(sent);
    if (cut === "answerBegins") response.once("data", leave);
    return { status: response.statusCode ?? 0, body: await bodyOf(response) };
  } catch (error) {
    return left ? "cut" : { failed: (error as Error).message };
  } finally {
    timers.forEach(clearTimeout);
  }
}

function responseTo(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    sent.on("response", resolve);
    // Stays: a request that is destroyed later reports that here too.
    sent.on("error", reject);
  });
}

function bodyOf(response: IncomingMessage): Promise<string> {
  if (response.headers["content-encoding"] !== "gzip") return text(response);
  // text() hears of the failure as well; pipeline without a callback would throw it.
  return text(pipeline(response, createGunzip(), () => {}));
}
