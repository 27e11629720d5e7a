/** Which requests are sent: the same for the same seed. */
import type { Random } from "./random.js";

/** What a request of each kind must lead to when it is answered. */
export const KINDS = {
  order: { weight: 40, method: "POST", path: "/orders", status: 201, transaction: "committed" },
  list: { weight: 20, method: "GET", path: "/orders", status: 200, transaction: "committed" },
  export: { weight: 10, method: "GET", path: "/orders.csv", status: 200, transaction: "none" },
  report: { weight: 5, method: "GET", path: "/orders/report", status: 200, transaction: "none" },
  duplicate: { weight: 6, method: "POST", path: "/orders", status: 409, transaction: "rolledBack" },
  unknownProduct: { weight: 6, method: "POST", path: "/orders", status: 422, transaction: "rolledBack" },
  invalidOrder: { weight: 4, method: "POST", path: "/orders", status: 422, transaction: "rolledBack" },
  brokenJson: { weight: 4, method: "POST", path: "/orders", status: 400, transaction: "none" },
  noToken: { weight: 3, method: "GET", path: "/orders", status: 401, transaction: "none" },
  badToken: { weight: 3, method: "POST", path: "/orders", status: 401, transaction: "none" },
  health: { weight: 2, method: "GET", path: "/health", status: 200, transaction: "none" },
  nowhere: { weight: 2, method: "GET", path: "/nowhere", status: 404, transaction: "none" },
} as const;

export type Kind = keyof typeof KINDS;

/** When the client goes away; a number is a part of the time that answers usually take. */
export type Cut = "halfSent" | "answerBegins" | number;

export interface Line {
  readonly product: string;
  readonly quantity: number;
}

export interface Step {
  /** Its `x-request-id`, by which the server's transactions are told apart. */
  readonly id: string;
  readonly user: string;
  readonly kind: Kind;
  readonly reference: string;
  readonly lines: readonly Line[];
  readonly cut: Cut | undefined;
  readonly keepAlive: boolean;
  readonly compressed: boolean;
}

const WEIGHTS = Object.fromEntries(Object.entries(KINDS).map(([kind, { weight }]) => [kind, weight])) as Record<
  Kind,
  number
>;
/** Answered without a query: whatever happens to the database is no excuse. */
export const WITHOUT_DATABASE: readonly Kind[] = ["brokenJson", "noToken", "badToken", "nowhere"];
const CUTTABLE: readonly Kind[] = ["order", "list", "export", "report", "unknownProduct"];
const PRODUCTS = ["tea", "coffee", "cup", "kettle"];

/** Every second one is a partner, who pays other prices. */
export function usersNamed(count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index % 2 === 0 ? `user-${index}` : `partner-${index}`));
}

export function isPartner(user: string): boolean {
  return user.startsWith("partner-");
}

export function referenceOf(user: string, index: number): string {
  return `${user}.${index}`;
}

/** Who placed the order with this reference. */
export function ownerOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf("."));
}

export function planOf(requests: number, users: readonly string[], random: Random): Step[] {
  return Array.from({ length: requests }, (_, index) => stepOf(index, users[random.below(users.length)], random));
}

function stepOf(index: number, user: string, random: Random): Step {
  const kind = random.weighted(WEIGHTS);
  const cut = CUTTABLE.includes(kind) && random.chance(0.25) ? cutOf(kind, random) : undefined;
  return {
    id: `prove-${index}`,
    user,
    kind,
    reference: referenceOf(user, index),
    lines: linesOf(kind, random),
    cut,
    keepAlive: random.chance(0.8),
    compressed: random.chance(0.3),
  };
}

function cutOf(kind: Kind, random: Random): Cut {
  if (kind === "export" && random.chance(0.6)) return "answerBegins";
  if (KINDS[kind].method === "POST" && random.chance(0.15)) return "halfSent";
  return random.next() * 1.5;
}

function linesOf(kind: Kind, random: Random): Line[] {
  const lines = Array.from({ length: 1 + random.below(4) }, () => ({
    product: PRODUCTS[random.below(PRODUCTS.length)],
    quantity: 1 + random.below(9),
  }));
  // Last, so that the order and some of its lines are written when it fails.
  if (kind === "unknownProduct") lines.push({ product: "philosopher's stone", quantity: 1 });
  if (kind === "invalidOrder") lines.push({ product: "tea", quantity: -1 });
  return lines;
}
