/** A random program of scopes and disposables, played on a real container, and the naive model that judges its log. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { AmbitError, Container, DisposalError, Lifecycle, type Outcome, Scope } from "ambit";
import { type Deferred, deferred } from "../support/deferred.js";

/** How one token is built, and how what it gives ends. */
export interface Thing {
  readonly lifetime: "context" | "transient" | "resolution" | "singleton";
  readonly provider: "class" | "factory" | "generator" | "async factory" | "async generator";
  /** Whether its first build fails. */
  readonly failsOnce: boolean;
  readonly end: "nothing" | "returns" | "waits" | "throws" | "rejects";
  /** Without a disposer: what it is. */
  readonly falsy: undefined | null | 0 | "" | false;
  /** What it asks for, by number; what it may not hold is left out. */
  readonly needs: readonly number[];
}

/** One step; numbers choose among what is there, whatever their size. */
export type Step =
  | { readonly do: "open"; readonly parent: number | undefined }
  | { readonly do: "resolve" | "resolve async"; readonly scope: number; readonly thing: number }
  | { readonly do: "close" | "close twice"; readonly scope: number }
  | { readonly do: "defer" | "use"; readonly scope: number; readonly end: Thing["end"] }
  | { readonly do: "release"; readonly gate: number }
  | { readonly do: "turn" | "dispose" };

/** Something that must be disposed, and what has become of it. */
interface Item {
  readonly name: string;
  /** `undefined`: the container. */
  readonly owner: Scope | undefined;
  readonly builtAt: number;
  /** When its scope has it at the latest: what an async factory has made arrives some microtasks later. */
  arrivedAt: number;
  /** Built when its owner had begun to end, or so shortly before that it may have arrived after that. */
  isLate: boolean;
  readonly failure: Error | undefined;
  /** When its disposer was called, each time. */
  readonly called: number[];
  settledAt: number;
}

const LIFECYCLES = {
  context: Lifecycle.ContextScoped,
  transient: Lifecycle.Transient,
  resolution: Lifecycle.ResolutionScoped,
  singleton: Lifecycle.Singleton,
};

export class World {
  readonly #reported: unknown[] = [];
  readonly #container = new Container({ onDisposalError: (error) => this.#reported.push(error) });
  readonly #things: readonly Thing[];
  readonly #scopes: Scope[] = [];
  readonly #parents = new Map<Scope, Scope>();
  readonly #items: Item[] = [];
  readonly #gates: Deferred<void>[] = [];
  /** What `close` and `dispose` gave, by whose it was. */
  readonly #ends = new Map<Scope | undefined, Promise<void>>();
  readonly #given = new Map<Scope | undefined, Map<number, unknown>>();
  readonly #pending: Promise<unknown>[] = [];
  readonly #complaints: string[] = [];
  #now = 0;
  #disposed = false;

  constructor(things: readonly Thing[]) {
    this.#things = things.map((thing, index) => ({ ...thing, needs: thing.needs.filter((need) => need < index) }));
    for (const index of this.#things.keys()) this.#register(index);
  }

  /** Plays the steps, ends everything, and gives what is wrong with what happened. */
  async play(steps: readonly Step[]): Promise<string[]> {
    for (const step of steps) await this.#play(step);
    this.#end(undefined, () => this.#container.dispose());
    for (let turn = 0; turn < 500 && !(await this.#isQuiet()); turn++) this.#releaseAll();
    if (!(await this.#isQuiet())) this.#complaints.push("something hangs");
    await this.#judge();
    return this.#complaints;
  }

  // Playing

  async #play(step: Step): Promise<void> {
    if (step.do === "turn") await nextTurn();
    if (step.do === "release") this.#gates.splice(step.gate % (this.#gates.length || 1), 1)[0]?.resolve();
    if (step.do === "open") this.#open(step.parent);
    if (step.do === "dispose") this.#end(undefined, () => this.#container.dispose());
    if (!("scope" in step) || this.#scopes.length === 0) return;
    const scope = this.#scopes[step.scope % this.#scopes.length];
    if (step.do === "resolve") this.#resolve(scope, step.thing % this.#things.length);
    if (step.do === "resolve async") this.#pending.push(this.#resolveAsync(scope, step.thing % this.#things.length));
    if (step.do === "close" || step.do === "close twice") this.#end(scope, () => scope.close());
    if (step.do === "close twice" && scope.close() !== scope.close()) this.#complaints.push("two promises of one end");
    if (step.do === "defer" || step.do === "use") this.#give(scope, step.do, step.end);
  }

  #open(parent: number | undefined): void {
    const around = parent === undefined ? undefined : this.#scopes[parent % this.#scopes.length];
    this.#expectingRefusal(() => {
      const scope = this.#container.createScope({ parent: around ?? null });
      this.#scopes.push(scope);
      if (around !== undefined) this.#parents.set(scope, around);
    });
  }

  #resolve(scope: Scope, thing: number): void {
    const isClosed = scope.state === "closed";
    this.#expectingRefusal(() => {
      const value = scope.resolve(`thing ${thing}`);
      if (isClosed) this.#complaints.push("a closed scope resolved");
      if (value instanceof Disposable && value.item.called.length > 0)
        this.#complaints.push(`${value.item.name} was given after its disposal`);
      this.#compare(scope, thing, value);
    });
  }

  async #resolveAsync(scope: Scope, thing: number): Promise<void> {
    try {
      this.#compare(scope, thing, await scope.resolveAsync(`thing ${thing}`));
    } catch (error) {
      this.#expectRefusal(error);
    }
  }

  #give(scope: Scope, how: "defer" | "use", end: Thing["end"]): void {
    if (scope.state !== "open") {
      this.#expectingRefusal(() => scope.defer(() => this.#complaints.push("a closing scope took a callback")));
      return;
    }
    const item = this.#build(`a value to ${how}`, scope, end);
    if (how === "defer") scope.defer(() => this.#dispose(item, end));
    else scope.use(new Disposable(item, () => this.#dispose(item, end)));
  }

  #end(whose: Scope | undefined, end: () => Promise<void>): void {
    if (whose === undefined) this.#disposed = true;
    const ending = end();
    const before = this.#ends.get(whose);
    if (before !== undefined && before !== ending) this.#complaints.push("a second end gave another promise");
    this.#ends.set(whose, ending);
    ending.catch(() => {});
  }

  #expectingRefusal(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#expectRefusal(error);
    }
  }

  #expectRefusal(error: unknown): void {
    const isExpected =
      error instanceof AmbitError || (error instanceof Error && error.message === "not the first time");
    if (!isExpected) this.#complaints.push(`unexpected: ${String(error)}`);
  }

  /** One scope gives one instance, and no two scopes the same; a singleton is everybody's. */
  #compare(scope: Scope, thing: number, value: unknown): void {
    const { lifetime } = this.#things[thing];
    if (lifetime === "transient" || lifetime === "resolution") return;
    const owner = lifetime === "context" ? scope : undefined;
    const known = this.#given.get(owner) ?? new Map<number, unknown>();
    this.#given.set(owner, known);
    if (known.has(thing) && known.get(thing) !== value)
      this.#complaints.push(`two instances of thing ${thing} in one owner`);
    known.set(thing, value);
    if (value instanceof Disposable && value.item.owner !== owner) this.#complaints.push(`another's thing ${thing}`);
  }

  // Building and disposing

  #register(index: number): void {
    const thing = this.#things[index];
    const needs = thing.needs.filter((need) => this.#mayHold(thing, need)).map((need) => `thing ${need}`);
    const container = this.#container;
    const make = (owner: Scope | undefined) => this.#make(index, owner);
    const ask = () => needs.forEach((need) => container.resolve(need));
    const askAsync = async () => {
      for (const need of needs) await container.resolveAsync(need);
      await this.#gate();
    };
    const options = { lifecycle: LIFECYCLES[thing.lifetime] };
    const token = `thing ${index}`;
    if (thing.provider === "class") {
      const made = function Made(): unknown {
        ask();
        return make(scopeOfBuild(container));
      };
      container.register(token, { useClass: made as never, deps: [] }, options);
    }
    if (thing.provider === "factory") {
      container.register(token, { useFactory: (_, scope) => (ask(), make(scope)) }, options);
    }
    if (thing.provider === "async factory") {
      container.register(token, { useAsyncFactory: async (_, scope) => (await askAsync(), make(scope)) }, options);
    }
    const end = thing.provider === "generator" ? atOnce(thing.end) : thing.end;
    const generate = (scope: Scope | undefined) => {
      this.#failOnce(index);
      const item = this.#build(token, scope, end, thing.provider);
      return [new Disposable(item, undefined), () => this.#dispose(item, end)] as const;
    };
    if (thing.provider === "generator") {
      const useGenerator = function* (_: unknown, scope?: Scope): Generator<unknown, void, Outcome> {
        ask();
        const [value, finish] = generate(scope);
        yield value;
        void finish();
      };
      container.register(token, { useGenerator }, options);
    }
    if (thing.provider === "async generator") {
      const useGenerator = async function* (_: unknown, scope?: Scope): AsyncGenerator<unknown, void, Outcome> {
        await askAsync();
        const [value, finish] = generate(scope);
        yield value;
        await finish();
      };
      container.register(token, { useGenerator }, options);
    }
  }

  #mayHold({ lifetime }: Thing, need: number): boolean {
    return lifetime !== "singleton" || !this.#reachesContext(need);
  }

  #reachesContext(index: number): boolean {
    const { lifetime, needs } = this.#things[index];
    if (lifetime === "singleton") return false;
    return lifetime === "context" || needs.some((need) => this.#reachesContext(need));
  }

  #make(index: number, owner: Scope | undefined): unknown {
    this.#failOnce(index);
    const { end, falsy, provider } = this.#things[index];
    // A constructor gives an object, whatever it returns.
    if (end === "nothing") return provider === "class" ? {} : falsy;
    const item = this.#build(`thing ${index}`, owner, end, provider);
    return new Disposable(item, () => this.#dispose(item, end));
  }

  readonly #failed = new Set<number>();

  #failOnce(index: number): void {
    if (!this.#things[index]?.failsOnce || this.#failed.has(index)) return;
    this.#failed.add(index);
    throw new Error("not the first time");
  }

  #build(name: string, owner: Scope | undefined, end: Thing["end"], provider?: Thing["provider"]): Item {
    const isLate = this.#isEnding(owner);
    const fails = end === "throws" || end === "rejects";
    const builtAt = ++this.#now;
    const failure = fails ? new Error(`the end of ${name}, built at ${builtAt}`) : undefined;
    const item: Item = { name, owner, builtAt, arrivedAt: builtAt, isLate, failure, called: [], settledAt: 0 };
    this.#items.push(item);
    if (provider?.startsWith("async")) void this.#watchArrival(item);
    return item;
  }

  async #watchArrival(item: Item): Promise<void> {
    for (let microtask = 0; microtask < 10; microtask++) await Promise.resolve();
    item.arrivedAt = ++this.#now;
    item.isLate ||= this.#isEnding(item.owner);
  }

  #isEnding(owner: Scope | undefined): boolean {
    return owner === undefined ? this.#disposed : owner.state !== "open";
  }

  #dispose(item: Item, end: Thing["end"]): void | Promise<void> {
    item.called.push(++this.#now);
    const settle = () => {
      item.settledAt = ++this.#now;
      if (item.failure !== undefined) throw item.failure;
    };
    return end === "waits" || end === "rejects" ? this.#gate().then(settle) : settle();
  }

  // Waiting

  #gate(): Promise<void> {
    const gate = deferred();
    this.#gates.push(gate);
    return gate.promise;
  }

  #releaseAll(): void {
    for (const gate of this.#gates.splice(0)) gate.resolve();
  }

  async #isQuiet(): Promise<boolean> {
    const all = Promise.allSettled([...this.#pending, ...this.#ends.values()]).then(() => true);
    return Promise.race([all, nextTurn(false), nextTurn().then(() => nextTurn(false))]);
  }

  // Judging

  async #judge(): Promise<void> {
    const owners = new Set(this.#items.map(({ owner }) => owner));
    for (const item of this.#items) this.#judgeItem(item);
    for (const owner of owners) this.#judgeOrder(this.#inOrder(owner));
    for (const owner of owners) this.#judgeNesting(owner);
    const told = await this.#failuresTold();
    for (const { failure, name } of this.#items) {
      if (failure !== undefined && !told.has(failure)) this.#complaints.push(`nobody was told how ${name} failed`);
    }
  }

  /** Disposed once, by the owner, at its end. */
  #judgeItem({ name, owner, called, isLate }: Item): void {
    if (called.length !== 1) this.#complaints.push(`${name} was disposed ${called.length} times`);
    if (owner !== undefined && owner.state !== "closed")
      this.#complaints.push(`the scope of ${name} is ${owner.state}`);
    if (isLate && called[0] === undefined) this.#complaints.push(`${name} came too late and was not disposed`);
  }

  /** What an owner disposed in its turn, in the order in which it did. */
  #inOrder(owner: Scope | undefined): Item[] {
    const own = this.#items.filter((item) => item.owner === owner && !item.isLate);
    return own.sort((one, other) => calledAt(one) - calledAt(other));
  }

  /** Newest first, one at a time. */
  #judgeOrder(items: readonly Item[]): void {
    for (const [index, item] of items.entries()) {
      const before = items[index - 1];
      if (before === undefined) continue;
      if (before.arrivedAt < item.builtAt)
        this.#complaints.push(`${before.name} was disposed before the newer ${item.name}`);
      if (before.settledAt > calledAt(item)) this.#complaints.push(`${item.name} did not wait for ${before.name}`);
    }
  }

  /** Nested scopes end before what is around them, and all scopes before the container's own. */
  #judgeNesting(owner: Scope | undefined): void {
    const [first] = this.#inOrder(owner);
    if (first === undefined) return;
    const inner = this.#items.filter(
      (item) => !item.isLate && item.owner !== undefined && this.#isInside(item.owner, owner),
    );
    for (const item of inner) {
      if (item.settledAt > calledAt(first))
        this.#complaints.push(`${first.name} was disposed before ${item.name} inside`);
    }
  }

  #isInside(scope: Scope, owner: Scope | undefined): boolean {
    if (owner === undefined) return true;
    const parent = this.#parents.get(scope);
    return parent !== undefined && (parent === owner || this.#isInside(parent, owner));
  }

  /** Every failure that somebody was told of; what an end tells is its own, once, in the order in which it happened. */
  async #failuresTold(): Promise<Set<unknown>> {
    const told = new Set<unknown>(this.#reported);
    if (told.size !== this.#reported.length) this.#complaints.push("a failure was reported twice");
    for (const [owner, ending] of this.#ends) {
      const failures = flat(
        await ending.then(
          () => NONE,
          (error: unknown) => error,
        ),
      );
      if (new Set(failures).size !== failures.length) this.#complaints.push("an end told a failure twice");
      const own = failures.filter((failure) =>
        this.#items.some((item) => item.failure === failure && item.owner === owner),
      );
      const times = own.map((failure) => this.#items.find((item) => item.failure === failure)?.settledAt ?? 0);
      if (times.some((time, index) => time < (times[index - 1] ?? 0))) this.#complaints.push("failures out of order");
      for (const failure of failures) told.add(failure);
      for (const item of this.#inOrder(owner)) {
        if (item.failure !== undefined && !failures.includes(item.failure))
          this.#complaints.push(`an end kept how ${item.name} failed to itself`);
      }
    }
    return told;
  }
}

const NONE = new DisposalError([]);

/** A synchronous generator cannot wait. */
function atOnce(end: Thing["end"]): Thing["end"] {
  if (end === "rejects") return "throws";
  return end === "waits" ? "returns" : end;
}

function flat(error: unknown): unknown[] {
  return error instanceof DisposalError ? error.errors.flatMap(flat) : [error];
}

function calledAt({ called }: Item): number {
  return called[0] ?? 0;
}

/** The scope for which a constructor runs; `undefined` where it is built for the container. */
function scopeOfBuild(container: Container): Scope | undefined {
  try {
    return container.resolve(Scope);
  } catch {
    return undefined;
  }
}

class Disposable {
  readonly [Symbol.asyncDispose]: (() => void | Promise<void>) | undefined;

  constructor(
    readonly item: Item,
    end: (() => void | Promise<void>) | undefined,
  ) {
    this[Symbol.asyncDispose] = end;
  }
}
