/** One run: fires random clients at every arrangement of a server, and holds all that was seen against the model. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setTimeout as patience } from "node:timers/promises";
import { Container, Lifecycle, type Outcome, token } from "ambit";
import { onTestFinished } from "vitest";
import { Random } from "../../../support/random.js";
import { Book } from "./book.js";
import { type Seen, visit } from "./client.js";
import { Figures } from "./figures.js";
import type { Arrangement, Host, Served } from "./host.js";
import { faultsOf, faultsSeen } from "./model.js";
import { type Plan, type PlannedRequest, Planner } from "./plans.js";
import type { Session, Store } from "./store.js";

/** How long a scope may take that has nothing left to wait for, before it counts as leaked. In milliseconds. */
const PATIENCE = 20_000;

/** What was found wrong; of a sound run, `SOUND`. */
export type Findings = typeof SOUND;

export const SOUND = {
  leakedScopes: 0,
  leakedTransactions: 0,
  usesAfterClose: 0,
  closedTwice: 0,
  otherContext: 0,
  strangeErrors: 0,
  faults: 0,
  /** The first of all these. */
  examples: [] as string[],
};

/** One for each request. */
export const TRANSACTION = token<Session>("transaction");

interface Listening extends Served {
  readonly port: number;
}

export class Fire {
  readonly figures = new Figures();
  readonly #book = new Book();
  readonly #served = new Map<Arrangement, Listening>();
  readonly #seen: { readonly request: PlannedRequest; readonly arrangement: Arrangement; readonly seen: Seen }[] = [];
  readonly #faults: string[] = [];
  readonly #containers: Container[] = [];

  /** @param guarded whether the guard watches: what it refuses is strange */
  constructor(
    readonly host: Host,
    readonly store: Store,
    readonly clients: number,
    readonly guarded = false,
  ) {}

  /** @param actions how many requests are sent, each with whatever its client does to it */
  async run(seed: number, actions: number): Promise<Findings> {
    for (const arrangement of this.host.arrangements) await this.#serve(arrangement);
    const planner = new Planner(new Random(seed), this.host);
    const client = async (): Promise<void> => {
      while (planner.requests < actions) await this.#visit(planner.next());
    };
    await Promise.all(Array.from({ length: this.clients }, client));
    const leakedScopes = await this.#leakedScopes();
    await this.#judge();
    if (this.guarded) this.#countLeaks();
    this.figures.countBook(this.#book);
    const { violations, examples } = this.#book;
    return {
      ...violations,
      leakedScopes,
      leakedTransactions: this.store.busy,
      faults: this.#faults.length,
      examples: [...examples, ...this.#faults.slice(0, 10)],
    };
  }

  async #serve(arrangement: Arrangement): Promise<void> {
    const [container, within] = [this.#container(), this.#container()];
    this.#containers.push(container, within);
    const served = await this.host.serve(arrangement, container, this.#book, within);
    const { server } = served;
    await once(server.listen(0), "listening");
    // For a run that ends before its clients do.
    onTestFinished(() => server.closeAllConnections());
    this.#served.set(arrangement, { ...served, port: (server.address() as AddressInfo).port });
  }

  async #visit(plan: Plan): Promise<void> {
    const { arrangement } = plan;
    this.figures.countPlan(plan);
    const { port } = this.#served.get(arrangement)!;
    await visit(port, plan, (request, seen) => this.#onSeen(request, arrangement, seen));
  }

  /** What a client saw is judged at once, because a transaction must have ended by then; its end is judged later. */
  #onSeen(request: PlannedRequest, arrangement: Arrangement, seen: Seen): void {
    const entry = this.#book.at(request.path);
    if (entry !== undefined) this.#find(request, arrangement, faultsSeen({ request, arrangement, seen, entry }));
    else if (seen.answer !== undefined) this.#find(request, arrangement, ["was answered, and never reached the app"]);
    const answer = seen.answer && { ...seen.answer, body: "" };
    this.#seen.push({ request, arrangement, seen: { ...seen, answer } });
  }

  async #judge(): Promise<void> {
    const rows = await this.store.rows();
    for (const it of this.#seen) {
      const { request, arrangement } = it;
      const entry = this.#book.at(request.path);
      if (entry !== undefined) {
        this.#find(request, arrangement, faultsOf({ ...it, entry }, rows.get(request.path) ?? 0));
      }
    }
  }

  #countLeaks(): void {
    for (const { first, name, count } of this.#containers.flatMap((container) => container.leaks().misused))
      for (let n = 0; n < count; n++) this.#book.count("strangeErrors", name, first);
  }

  #find({ path, method, body }: PlannedRequest, arrangement: Arrangement, faults: readonly string[]): void {
    const words = Object.entries(arrangement).map(([name, value]) => `${name} ${value}`);
    const where = [method, path, ...(body ? [`sent ${body.sends}`] : []), `(${words.join(", ")})`].join(" ");
    this.#faults.push(...faults.map((fault) => `${where} ${fault}`));
  }

  async #leakedScopes(): Promise<number> {
    const served = [...this.#served.values()];
    const given = new AbortController();
    const gone = Promise.all(served.map(close));
    await Promise.race([gone, patience(PATIENCE, undefined, { signal: given.signal }).catch(() => {})]);
    given.abort();
    return served.reduce((sum, { live }) => sum + live(), 0);
  }

  #container(): Container {
    const { store, host, guarded: guard } = this;
    const container = new Container({ guard });
    const useGenerator = async function* (given: object): AsyncGenerator<Session, void, Outcome> {
      yield* host.visitOf(given)!.transaction(store);
    };
    container.register(TRANSACTION, { deps: [host.given], useGenerator }, { lifecycle: Lifecycle.ContextScoped });
    return container;
  }
}

/** A request may still be on its way when its client has left: only a server that has closed will see no more. */
async function close({ server, drain }: Served): Promise<void> {
  server.close();
  await once(server, "close");
  await drain();
}
