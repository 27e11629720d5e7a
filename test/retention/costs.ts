/** What closed scopes leave on the heap, next to what the same code leaves without ambit. */
import { heapUsed } from "../support/gc.js";
import { bareRequest, type Request, scopedRequest } from "./application.js";

/** `AMBIT_RETENTION=full npx vitest run test/retention` runs the full sizes and prints the figures. */
export const FULL = process.env.AMBIT_RETENTION === "full";

/** The most that a closed scope may leave behind where something that was begun in it is still alive, in bytes. */
export const SHELL = 300;

const ATTEMPTS = 3;

/**
 * Measures up to three times, until the bytes are below `limit`: what else the process kept or let go of meanwhile is in
 * one of them, what a scope keeps is in all.
 *
 * @returns the bytes that were measured last
 */
export async function firstBelow(limit: number, measure: () => Promise<number>): Promise<number> {
  let bytes = await measure();
  for (let attempt = 1; attempt < ATTEMPTS && bytes >= limit; attempt++) bytes = await measure();
  return bytes;
}

/** Makes something that stays alive, in one request, and ends all of it. */
export interface Alive<T> {
  readonly what: string;
  readonly count: number;
  begin(request: Request): Promise<T>;
  end(all: readonly T[]): unknown;
}

/** By how many bytes more a scope leaves behind than a bare request, each with something of its own still alive. */
export async function extraPerScope<T>(alive: Alive<T>): Promise<number> {
  const bare = await bytesEach(alive, bareRequest());
  const scoped = await bytesEach(alive, scopedRequest());
  return reported(alive.what, alive.count, bare, scoped);
}

async function bytesEach<T>({ count, begin, end }: Alive<T>, request: Request): Promise<number> {
  // So that compiled code is no part of the figure.
  await end(await beginAll(Math.min(count, 500), begin, request));
  const before = await heapUsed();
  const all = await beginAll(count, begin, request);
  const bytes = (await heapUsed()) - before;
  await end(all);
  return bytes / count;
}

async function beginAll<T>(count: number, begin: Alive<T>["begin"], request: Request): Promise<T[]> {
  const all: T[] = [];
  for (let n = 0; n < count; n++) all.push(await begin(request));
  return all;
}

/** Does something so many times. @returns what ends what is still alive of the last time, if anything is */
export type Work = (count: number) => Promise<(() => void) | undefined>;

/** By how many bytes the heap grows for each of `count` times, compared with the same without ambit. */
export async function extraGrowth(what: string, count: number, bare: Work, scoped: Work): Promise<number> {
  const [without, withAmbit] = [await growth(bare, count), await growth(scoped, count)];
  return reported(what, count, without, withAmbit);
}

async function growth(work: Work, count: number): Promise<number> {
  (await work(Math.min(count, 20_000)))?.();
  const before = await heapUsed();
  const end = await work(count);
  const bytes = (await heapUsed()) - before;
  end?.();
  return bytes / count;
}

function reported(what: string, count: number, bare: number, scoped: number): number {
  const extra = scoped - bare;
  const figures = [bare, scoped, extra].map((bytes) => bytes.toFixed(2));
  if (FULL)
    console.log(
      `Node ${process.version}, ${count} ${what}: bare ${figures[0]} B, ambit ${figures[1]} B, extra ${figures[2]} B each`,
    );
  return extra;
}
