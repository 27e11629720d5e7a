/** Who owns what in one order, and how often it was disposed. */
import { classNameOf } from "../scope/class-name.js";
import { type Disposer, isObject, isThenable, type Kind, PLAIN } from "../scope/disposal.js";
import { Lifespan } from "../scope/lifespan.js";
import { DISPOSING, type Owner } from "../scope/owner.js";
import type { Director } from "./director.js";
import type { Ledger } from "./ledger.js";

/** From the moment in which an owner takes a value until it has disposed it: a client of a pool has several. */
interface Tenure {
  readonly owner: Owner;
  state: "owned" | "disposing" | "over";
  /** Whether somebody else has called a disposer of it. */
  byHand: boolean;
}

const KEYS = [Symbol.asyncDispose, Symbol.dispose, "dispose"] as const;

export class Tenures {
  /** What each value was built as. */
  readonly names = new WeakMap<object, string>();
  readonly #all = new Map<object, Tenure[]>();
  readonly #heard = new WeakSet<object>();
  /** Disposed by hand, be it ambit's to dispose or not. */
  readonly #byHand = new WeakSet<object>();

  constructor(
    readonly director: Director,
    readonly ledger: Ledger,
  ) {}

  /** The disposer that `owner` is to call: it tells when it is called, and waits for its turn before it ends. */
  take(owner: Owner, value: unknown, dispose: Disposer, kind: Kind): Disposer {
    const tenure: Tenure = { owner, state: "owned", byHand: false };
    if (isObject(value)) {
      this.#all.set(value, [...(this.#all.get(value) ?? []), tenure]);
      // What a generator gave may be disposed by its end, in whatever way.
      if (kind === PLAIN) this.listen(value);
    }
    const call = (work: () => unknown) => this.#dispose(tenure, value, work);
    return function (this: unknown, ...args) {
      return call(() => dispose.apply(this, args));
    };
  }

  /** From now on calls of the disposers of `value` are heard that are not its owner's. */
  listen(value: object): void {
    if (this.#heard.has(value)) return;
    this.#heard.add(value);
    for (const key of KEYS) this.#listenTo(value, key);
  }

  wasDisposedByHand(value: object): boolean {
    return this.#byHand.has(value);
  }

  isOwned(value: object): boolean {
    return this.#all.has(value);
  }

  /** Whether a scope still has what was built for it: what is being disposed may be in a pool again, and go to another. */
  isHeld(value: object, scope: Lifespan): boolean {
    const tenure = this.#all.get(value)?.findLast(({ owner }) => owner === scope);
    return tenure === undefined ? scope.phase < DISPOSING : tenure.state === "owned";
  }

  /** All is over. @param ended whether containers have been disposed, too */
  verifyEnd(ended: boolean): void {
    for (const [value, tenures] of this.#all) {
      const left = tenures.find(({ owner, state }) => state !== "over" && (ended || owner instanceof Lifespan));
      if (left === undefined) continue;
      const how = left.state === "owned" ? "was never disposed" : "has a disposer that never ended";
      this.ledger.add({ kind: "missed", name: this.nameOf(value), message: `${this.nameOf(value)} ${how}.` });
    }
  }

  nameOf(value: unknown): string {
    if (!isObject(value)) return "a deferred callback";
    return this.names.get(value) ?? classNameOf(value);
  }

  #dispose(tenure: Tenure, value: unknown, work: () => unknown): unknown {
    if (tenure.byHand) this.#foundDoubled(value);
    tenure.state = "disposing";
    const end = () => void (tenure.state = "over");
    let result: unknown;
    try {
      result = work();
    } finally {
      if (!isThenable(result)) end();
    }
    if (!isThenable(result)) return result;
    const slowly = () => this.director.wait(`${this.nameOf(value)} is disposed`);
    return Promise.resolve(result).then(slowly).finally(end);
  }

  #foundDoubled(value: unknown): void {
    const name = this.nameOf(value);
    const message = `${name} was disposed by hand, and then by its owner: leave it to the scope, or register it with owned: false.`;
    this.ledger.add({ kind: "doubled", name, message });
  }

  #called(value: object): void {
    this.#byHand.add(value);
    // An owner that calls one disposer may well hear of another: [Symbol.asyncDispose]() { return this.dispose(); }
    const tenure = this.#all.get(value)?.findLast(({ state }) => state !== "over");
    if (tenure?.state === "owned") tenure.byHand = true;
  }

  /** Has the value say when it is called: what is frozen, or a getter, says nothing. */
  #listenTo(value: object, key: (typeof KEYS)[number]): void {
    const own: unknown = Reflect.get(value, key);
    if (typeof own !== "function") return;
    const called = () => this.#called(value);
    const heard = function (this: unknown, ...args: unknown[]): unknown {
      called();
      return Reflect.apply(own, this, args);
    };
    const shape = { value: heard, writable: true, configurable: true, enumerable: false };
    Reflect.defineProperty(value, key, Object.hasOwn(value, key) ? { value: heard } : shape);
  }
}
