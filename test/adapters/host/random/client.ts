/** A client on a raw socket: asks, sends bodies, reads answers, and leaves in every way that a client can. */
import { connect, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Answer, Answers } from "./answers.js";
import type { Plan, PlannedRequest } from "./plans.js";

/** What the client has of one request's answer. */
export interface Seen {
  /** Only an answer that was there in full. */
  readonly answer: Answer | undefined;
  /** Whether it waited until there was no more to come: for the whole answer, or for the server's cut. */
  readonly waited: boolean;
}

/** Of a request that broke off, and in place of the answers to those before it. No app here says so itself. */
const NODE_SAYS_NO = 400;

/** Carries out `plan`, and tells `onSeen` of every request that it sent as soon as nothing more of it will be seen. */
export async function visit(
  port: number,
  plan: Plan,
  onSeen: (request: PlannedRequest, seen: Seen) => void,
): Promise<void> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: plan.farewell === "half" });
  socket.on("error", () => {});
  const answers = new Answers(socket);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  await Promise.race([new Promise<void>((resolve) => socket.once("connect", resolve)), closed]);

  const { requests, pipelined } = plan;
  if (pipelined) await sendAll(socket, plan);
  for (const [index, request] of requests.entries()) {
    if (!pipelined) await send(socket, request);
    if (index === plan.answers) break;
    onSeen(request, { answer: await answers.next(request.method), waited: true });
  }
  await linger(socket, answers, plan);
  leave(socket, answers, plan.farewell);
  await closed;
  const rest = pipelined ? requests.slice(plan.answers) : requests.slice(plan.answers, plan.answers + 1);
  for (const request of rest) {
    const answer = await answers.next(request.method);
    onSeen(request, { answer: answer?.status === NODE_SAYS_NO ? undefined : answer, waited: false });
  }
}

/** In one packet as far as possible, so that the server has them all before it answers the first. */
async function sendAll(socket: Socket, { requests, breaksOff }: Plan): Promise<void> {
  socket.cork();
  for (const request of requests) await send(socket, request);
  if (breaksOff) socket.write("GET /json/0 HTTP/1.1\r\nHo");
  socket.uncork();
}

async function send(socket: Socket, request: PlannedRequest): Promise<void> {
  const { method, path, zipped, fresh, late, within, body } = request;
  const asked = [...(late ? [`late=${late}`] : []), ...(within ? ["within=1"] : [])].join("&");
  const head = [`${method} ${path}${asked && `?${asked}`} HTTP/1.1`, "Host: test"];
  if (zipped) head.push("Accept-Encoding: gzip");
  if (fresh) head.push("If-None-Match: *");
  if (body === undefined) return void socket.write(`${head.join("\r\n")}\r\n\r\n`);

  const text = JSON.stringify({ path, padding: "x".repeat(body.size) });
  head.push(
    "Content-Type: application/json",
    body.chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${text.length}`,
  );
  socket.write(`${head.join("\r\n")}\r\n\r\n`);
  const middle = Math.floor(text.length / 2);
  const part = (from: number, to: number): void => void socket.write(chunk(text.slice(from, to), body.chunked));
  part(0, middle);
  if (body.sends === "half") return;
  if (body.sends === "slowly") for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  part(middle, text.length);
  if (body.chunked) socket.write("0\r\n\r\n");
}

const chunk = (text: string, chunked: boolean): string =>
  chunked ? `${text.length.toString(16)}\r\n${text}\r\n` : text;

/** How far the client goes into what it does not wait for. */
async function linger(socket: Socket, answers: Answers, { moment }: Plan): Promise<void> {
  if (moment.what === "turns") for (let turn = 0; turn < moment.count; turn += 1) await nextTurn();
  if (moment.what === "bytes") await answers.begin(moment.count);
  if (moment.what !== "deaf") return;
  socket.pause();
  for (let turn = 0; turn < moment.count; turn += 1) await nextTurn();
}

function leave(socket: Socket, answers: Answers, farewell: Plan["farewell"]): void {
  // A socket that the server has ended cannot be reset: Node would wait for a "finish" that never comes.
  if (farewell === "destroy" || answers.closed) socket.destroy();
  else if (farewell === "reset") socket.resetAndDestroy();
  else socket.resume().end();
}
