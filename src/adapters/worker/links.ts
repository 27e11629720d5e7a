/** The ports on which a pool tells this thread what it cannot say with a task: to cancel one, and to end. */
import { enter, rootCell } from "../../context/cell.js";
import { isMainThread, type MessagePort, openChannel, tellParent, threadId } from "../../thread/ports.js";
import { packError, unpackError } from "../pool/packed-error.js";
import type { Command, Envelope, Hello, Report } from "../pool/protocol.js";
import { TaskState } from "../pool/task-state.js";
import { warnOf } from "../pool/warn.js";
import { within } from "../pool/within.js";
import { tellBoard, whenTold } from "./board.js";
import { failed } from "./failed.js";
import { cancelTask } from "./running-tasks.js";
import { addServer, hasServer, type Serve, theServer } from "./servers.js";
import { endThread } from "./thread-end.js";

const links = new Set<MessagePort>();
/** Those on the other side of which there is a pool; whoever started this thread may never have heard of ambit. */
const welcomed = new Set<MessagePort>();
let deadline = 5_000;
let ending: Promise<void> | undefined;

/** Listens to what a pool says, outside of every request. */
export function openLink(port: MessagePort): void {
  links.add(port);
  enter(rootCell, () => {
    port.on("message", (command: Command) => void hear(port, command));
    port.on("close", () => links.delete(port) && welcomed.delete(port));
  });
  // A thread that waits for tasks on no other port would end without this one. One that has no task to wait for may.
  if (!hasServer()) port.unref();
  say(port, { kind: "hello", threadId });
}

/** Has a plain worker, which nobody else hands tasks to, wait for them and run them with `server`. */
export function serve(server: Serve): void {
  addServer(server);
  for (const port of links) port.ref();
}

/** Whether a pool can tell this thread to cancel a task, and to end. */
export function isReachable(): boolean {
  return links.size > 0;
}

/** How long the pool waits for this thread's end, as its tasks say. */
export function expectDeadline(milliseconds: number): void {
  deadline = milliseconds;
}

/** Ends this thread within the pool's deadline and tells the pool how that went. Never rejects. */
export function endAndTell(grace = deadline / 2): Promise<void> {
  return (ending ??= (async () => {
    const errors = await within(endThread(grace), deadline);
    // Whoever waits for it has heard nothing, and knows then that it came too late.
    if (typeof errors === "symbol") return;
    for (const port of links) say(port, { kind: "ended", errors: errors.map((error) => packError(error)) });
    if (welcomed.size === 0) for (const error of errors) warnAtEnd("A disposer failed", error);
  })());
}

async function hear(port: MessagePort, command: Command): Promise<void> {
  if (command.kind === "welcome") welcome(port, command.board);
  else if (command.kind === "end") await endAndTell(command.grace);
  else if (command.kind === "cancel") cancelTask(command.task, unpackError(command.reason));
  else await answer(port, command.envelope);
}

function welcome(port: MessagePort, board: Int32Array): void {
  welcomed.add(port);
  tellBoard(board);
}

/** Its failures are part of the answer already, but for one: that the answer cannot be cloned. */
async function answer(port: MessagePort, envelope: Envelope): Promise<void> {
  const { "ambit.task": task, place, board = await whenTold } = envelope;
  try {
    const server = await theServer();
    say(port, { kind: "answer", task, answer: await server(envelope) });
  } catch (error) {
    say(port, { kind: "answer", task, answer: failed(new TaskState(board, place, task), error, false) });
  }
}

function say(port: MessagePort, report: Report): void {
  port.postMessage(report);
}

function warnAtEnd(what: string, error: unknown): void {
  warnOf(`${what} at the end of worker thread ${threadId}`, error);
}

/** The exception that nobody caught goes on its way after the end: the pool hears of it, and this thread is over. */
function crash(error: unknown): void {
  // Somebody else handles it, and this thread lives on.
  if (process.listenerCount("uncaughtException") > 1) return;
  if (ending !== undefined) return warnAtEnd("An exception that nobody caught came", error);
  for (const port of links) say(port, { kind: "crashed", error: packError(error) });
  void endAndTell(0).then(() => {
    process.off("uncaughtException", crash);
    setImmediate(() => {
      throw error;
    });
  });
}

function join(): void {
  process.on("beforeExit", () => void endAndTell());
  process.on("uncaughtException", crash);
  // tinypool takes a foreign message for a broken worker. Its tasks bring a port along.
  if ("__tinypool_state__" in process) return;
  const [own, theirs] = openChannel();
  openLink(own);
  const hello: Hello = { "ambit.hello": 1, threadId, port: theirs };
  tellParent(hello, [theirs]);
}

if (!isMainThread) join();
