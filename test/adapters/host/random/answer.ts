/** What every host's app does with a request under fire. */
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { pipeline, Readable } from "node:stream";
import { type Container, Scope } from "ambit";
import type { Book } from "./book.js";
import { TRANSACTION } from "./fire.js";
import { HostVisit, type Means } from "./host-visit.js";
import type { HostKind, Reply } from "./reply.js";

const visits = new WeakMap<object, HostVisit>();

export const visitOf = (given: object): HostVisit | undefined => visits.get(given);

/** What an app answers with. */
export interface World {
  readonly container: Container;
  /** Of the scopes inside of those of `container`, for requests that say so. */
  readonly within: Container;
  readonly book: Book;
  readonly kinds: Readonly<Record<string, HostKind>>;
}

/** Answers a request that `given` belongs to, in its scope. */
export async function replyTo(
  given: object,
  wire: HostVisit["wire"],
  means: Means,
  world: World,
): Promise<Reply | undefined> {
  const { book, kinds } = world;
  const container = isWithin(wire.req) ? world.within : world.container;
  const { pathname, searchParams } = new URL(wire.req.url!, "http://test");
  const kind = pathname.split("/")[1];
  const scope = container.resolve(Scope);
  const visit = new HostVisit(wire, scope, book.open(kind, pathname), book, means);
  visits.set(given, scope.use(visit));
  if (container === world.within) visit.surroundedBy(world.container.resolve(Scope));
  await container.resolveAsync(TRANSACTION);
  await visit.write();
  const late = searchParams.get("late");
  if (late) await visit.turns(Number(late));
  const reply = await kinds[kind].answer(visit);
  if (reply !== undefined) visit.entry.streamed = isStream(reply.body) && wire.req.method !== "HEAD";
  return reply;
}

/** Whether the request is to have a scope in a second container. */
export const isWithin = ({ url }: { readonly url?: string | undefined }): boolean => /[?&]within=1/.test(url ?? "");

export const isStream = (body: unknown): body is Readable | ReadableStream =>
  body instanceof Readable || body instanceof ReadableStream;

/** Sends a stream through Node's response; to HEAD, its head alone. */
export async function sendStream(
  req: IncomingMessage,
  res: ServerResponse,
  body: Readable | ReadableStream,
): Promise<void> {
  const stream = body instanceof Readable ? body : Readable.fromWeb(body as never);
  if (req.method !== "HEAD") return pipe(stream, res);
  const closed = once(stream, "close");
  stream.on("error", () => {}).destroy();
  await closed;
  res.end();
}

function pipe(stream: Readable, res: ServerResponse): void {
  try {
    pipeline(stream, res, () => {});
  } catch {
    // Node 24 refuses, where the response is over.
    stream.on("error", () => {}).pipe(res);
  }
}

export async function parseBody(req: IncomingMessage): Promise<{ path: string }> {
  let text = "";
  for await (const chunk of req) text += chunk;
  return JSON.parse(text);
}
