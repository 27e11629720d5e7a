/** What the random client does. */
import type { Farewell, Plan } from "./client.js";
import { hasEnd, isCut, isSilent, KIND_NAMES, type KindName } from "./kinds.js";
import type { Random } from "./random.js";

/** One connection's plan, and of which kinds its requests are. */
export interface PlannedVisit extends Plan {
  readonly kinds: readonly KindName[];
}

let requests = 0;

export function planOf(random: Random): PlannedVisit {
  const kinds = Array.from({ length: 1 + random.below(4) }, () => random.pick(KIND_NAMES));
  const asked = kinds.map((kind) => ({
    method: hasEnd(kind) && kind !== "raw" && random.chance(0.1) ? "HEAD" : "GET",
    path: `/${kind}/${requests++}${random.chance(0.3) ? "?late=1" : ""}`,
    zipped: random.chance(0.2),
  }));
  const pipelined = random.chance(0.5);
  const readable = readableOf(kinds, pipelined);
  const stays = readable === kinds.length && random.chance(0.5);
  const answers = stays ? readable : random.below(readable + 1);
  // Compressors keep the first bytes to themselves.
  const speaks = answers < kinds.length && !isSilent(kinds[answers]) && !asked[answers].zipped;
  return {
    kinds,
    requests: asked,
    pipelined,
    farewell: stays ? "stay" : random.pick<Farewell>(["reset", "close", "half"]),
    answers,
    pause: random.pick(speaks ? (["none", "turns", "first byte"] as const) : (["none", "turns"] as const)),
  };
}

/**
 * How many of the answers a client can wait for: behind one that never ends, or is cut, none comes.
 *
 * Node 24 and 26 keep a connection open on which a response was cut that had still to wait for its turn.
 */
function readableOf(kinds: readonly KindName[], pipelined: boolean): number {
  const last = kinds.findIndex((kind) => !hasEnd(kind));
  if (last < 0) return kinds.length;
  return isCut(kinds[last]) && !(pipelined && last > 0) ? last + 1 : last;
}
