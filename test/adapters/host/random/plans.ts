/** What the random client does on one connection. */
import type { Random } from "../../../support/random.js";
import type { Arrangement, Host } from "./host.js";
import type { Kind } from "./kind.js";

export interface PlannedRequest {
  readonly kind: string;
  /** What there is to know of its kind. */
  readonly does: Kind<never>;
  readonly method: "GET" | "HEAD" | "POST";
  /** No other request has it. */
  readonly path: string;
  /** How many turns of the event loop it takes before it answers. */
  readonly late: number;
  /** Whether it has a scope in a second container, too, inside of that in the first. */
  readonly within: boolean;
  readonly zipped: boolean;
  /** Whether it has seen the answer before. */
  readonly fresh: boolean;
  readonly body: Body | undefined;
}

interface Body {
  readonly size: number;
  readonly chunked: boolean;
  /** A client that sends half of it never sends more. */
  readonly sends: "at once" | "slowly" | "half";
}

export interface Plan {
  readonly arrangement: Arrangement;
  readonly requests: readonly PlannedRequest[];
  readonly pipelined: boolean;
  /** Whether the head of another request comes after them, and breaks off. */
  readonly breaksOff: boolean;
  /** RST; FIN after which it hears nothing more; FIN after which it goes on reading; FIN when it has all it asked for. */
  readonly farewell: "reset" | "destroy" | "half" | "stay";
  /** How many answers it reads before it leaves. */
  readonly answers: number;
  /** How far it goes into the next. `deaf`: it reads no more of it than its kernel does. */
  readonly moment: Moment;
}

export interface Moment {
  readonly what: "at once" | "turns" | "bytes" | "deaf";
  readonly count: number;
}

/** Makes the plans of one run: no two requests of it have the same path. */
export class Planner {
  requests = 0;

  constructor(
    readonly random: Random,
    readonly host: Host,
  ) {}

  next(): Plan {
    const { random, host } = this;
    const arrangement = random.pick(host.arrangements);
    const names = Object.keys(host.kinds);
    const pipelined = random.chance(0.5);
    const kinds = Array.from({ length: 1 + random.below(4) }, () => random.pick(names));
    const count = kinds.length;
    const requests = kinds.map((kind, index) => {
      const isRoomy = (pipelined ? kinds : [kind]).every((kind) => host.kinds[kind].answers === "whole");
      return this.#request(kind, SIZES.slice(0, isRoomy ? 3 : 2), index === count - 1);
    });
    const readable = readableOf(requests, pipelined, arrangement);
    const stays = readable === count && random.chance(0.5);
    const answers = stays ? readable : random.below(readable + 1);
    const farewell = stays ? "stay" : random.pick(["reset", "destroy", "half"] as const);
    const moment = stays ? ONCE : this.#moment(requests[answers], arrangement);
    const breaksOff = pipelined && requests.at(-1)?.body?.sends !== "half" && random.chance(0.1);
    return { arrangement, requests, pipelined, breaksOff, farewell, answers, moment };
  }

  #request(kind: string, sizes: readonly number[], isLast: boolean): PlannedRequest {
    const { random, host } = this;
    const does = host.kinds[kind];
    const { reads, raw, answers } = does;
    const posts = reads !== undefined || random.chance(0.2);
    const heads = !posts && !raw && answers !== "silent" && random.chance(0.12);
    return {
      kind,
      does,
      method: posts ? "POST" : heads ? "HEAD" : "GET",
      path: `/${kind}/${this.requests++}`,
      late: random.chance(0.3) ? 1 + random.below(6) : 0,
      within: random.chance(0.25),
      zipped: random.chance(0.25),
      fresh: random.chance(0.25) && host.arrangements.some(({ cached }) => cached),
      body: posts ? this.#body(sizes, isLast) : undefined,
    };
  }

  #body(sizes: readonly number[], isLast: boolean): Body {
    const { random } = this;
    const sends = random.pick(isLast ? (["at once", "slowly", "half"] as const) : (["at once", "slowly"] as const));
    return { size: random.pick(sizes), chunked: random.chance(0.5), sends };
  }

  #moment(request: PlannedRequest | undefined, arrangement: Arrangement): Moment {
    const { random } = this;
    const answers = request && answersOf(request, arrangement);
    // Compressors keep the first bytes to themselves.
    const isHeard = request !== undefined && answers !== "silent" && !request.zipped;
    const what = random.pick(
      isHeard ? (["at once", "turns", "bytes", "deaf"] as const) : (["at once", "turns"] as const),
    );
    // The least that is heard is the head of an answer, of more than 60 bytes.
    const most = what !== "bytes" ? 20 : answers === "endless" ? 3_000 : 60;
    return { what, count: 1 + random.below(most) };
  }
}

/**
 * Of bodies, in bytes. A server that leaves a large one unread reads nothing else of that connection: it hears its client
 * leave only when it writes, so that what never ends must not have the last one.
 */
const SIZES = [10, 2_000, 150_000];

const ONCE: Moment = { what: "at once", count: 0 };

/** Whether its answer has no body, whatever its kind says: then it has an end, too. */
export function isBare(request: PlannedRequest, arrangement: Arrangement): boolean {
  const { raw, status, answers } = request.does;
  if (raw || answers === "silent") return false;
  return request.method === "HEAD" || status === 304 || isFresh(request, arrangement, status);
}

/** Whether conditional-get makes an answer of this status a 304. */
export function isFresh(
  { method, fresh }: PlannedRequest,
  { cached }: Arrangement,
  status: number | undefined,
): boolean {
  return cached && fresh && method !== "POST" && (status === 200 || status === 204);
}

/** What a client that waits sees of the answer. */
export function answersOf(request: PlannedRequest, arrangement: Arrangement): Kind["answers"] {
  const { reads, answers } = request.does;
  if (request.body?.sends === "half" && reads === "before it answers") return "silent";
  if (isBare(request, arrangement)) return "whole";
  return request.body?.sends === "half" && reads === "as it answers" ? "hangs" : answers;
}

/**
 * How many of the answers a client can wait for: behind one that never ends, or is cut, none comes.
 *
 * Node 24 and 26 keep a connection open on which a response was cut that had still to wait for its turn.
 */
function readableOf(requests: readonly PlannedRequest[], pipelined: boolean, arrangement: Arrangement): number {
  const ends = requests.map((request) => answersOf(request, arrangement));
  const last = ends.findIndex((end) => end !== "whole");
  if (last < 0) return requests.length;
  return ends[last] === "breaks" && !(pipelined && last > 0) ? last + 1 : last;
}
