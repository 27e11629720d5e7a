/** The end of a container: what is ended, in which order, and who must know that there is something to end. */
import { ContainerHome, type Host, Outside } from "../resolve/homes.js";
import { announceDisposers } from "../scope/announce.js";
import { DISPOSE } from "../scope/channels.js";
import { disposeAll, type Ending, Failure, isWaiting, Link, NESTED, type Stack, thrown } from "../scope/disposal.js";
import { DEFAULT_TIMEOUT } from "../scope/extras.js";
import type { Lifespan } from "../scope/lifespan.js";
import { type Outcome, PARENT_ENDED, SUCCESS } from "../scope/outcome.js";
import { CLOSED, DISPOSING, DRAINING, OPEN } from "../scope/owner.js";
import type { ContainerSurvey } from "../thread/survey.js";
import { forgetContainer, rememberContainer, type ThreadContainer } from "../thread/thread-scope.js";

/** Owns what a container builds, and ends it: open scopes, then child containers, then its own, newest first each. */
export class ContainerEnd implements ThreadContainer {
  readonly home: ContainerHome;
  readonly outside: Outside;
  readonly #host: Host;
  readonly #parent: ContainerEnd | undefined;
  /** Of child containers that have something to dispose, the oldest first. */
  readonly #children = new Set<ContainerEnd>();
  #kept = false;
  #disposing: Promise<void> | undefined;

  constructor(host: Host, parent: ContainerEnd | undefined) {
    this.#host = host;
    this.#parent = parent;
    this.home = new ContainerHome(host);
    this.outside = new Outside(host);
  }

  /** Something here must be ended one day: whoever ends first, the container around it or the thread, will find it. */
  keepAlive(): void {
    if (this.#kept) return;
    this.#kept = true;
    if (this.#parent === undefined) return rememberContainer(this);
    this.#parent.#children.add(this);
    this.#parent.keepAlive();
  }

  /** As `Container.dispose`. */
  dispose(): Promise<void> {
    return this.#disposing ?? this.#begin(SUCCESS).promise;
  }

  /**
   * As `dispose`, telling the generators of its own instances this outcome. Never throws: gives a promise only when
   * something has to be awaited, and a synchronous failure as a value.
   */
  end(outcome: Outcome): Ending {
    // When the process exits, what has not been disposed is, without waiting.
    if (this.#disposing !== undefined) return isWaiting() ? this.#disposing : this.#dispose(outcome);
    const { promise, ending } = this.#begin(outcome);
    // Whoever ends it this way hears of a failure here, and not from the promise as well.
    promise.catch(() => {});
    return ending;
  }

  /** Ends the scopes that are open, here and in child containers; from now on none are opened. */
  endScopes(): Ending {
    if (this.home.phase === OPEN) this.home.phase = DRAINING;
    const stack = { top: undefined as Link | undefined };
    for (const child of this.#children) stack.top = new Link(child, endScopes, NESTED, stack.top);
    this.#pushScopes(stack);
    const failures = disposeAll(stack, SUCCESS, Number.POSITIVE_INFINITY);
    return failures instanceof Promise ? failures.then((all) => thrown(Failure.of(all))) : Failure.of(failures);
  }

  survey(): ContainerSurvey[] {
    return [this.#host.survey(), ...[...this.#children].flatMap((child) => child.survey())];
  }

  /** Begins the end. Its promise is there before anything runs: a disposer may dispose its own container. */
  #begin(outcome: Outcome): { readonly promise: Promise<void>; readonly ending: Ending } {
    let settle!: (ended: Promise<void>) => void;
    const promise = new Promise<void>((resolve) => (settle = resolve));
    this.#disposing = promise;
    const ending = this.#dispose(outcome);
    settle(promiseOf(ending));
    return { promise, ending };
  }

  #dispose(outcome: Outcome): Ending {
    this.home.phase = DRAINING;
    const inner = this.#endInner();
    return inner instanceof Promise
      ? inner.then((failures) => thrown(this.#disposeOwn(failures, outcome)))
      : this.#disposeOwn(inner, outcome);
  }

  /** Ends open scopes, the newest first, then child containers. */
  #endInner(): readonly unknown[] | Promise<readonly unknown[]> {
    const inner = { top: undefined as Link | undefined };
    inner.top = new Link(this, () => this.#pushChildren(inner, new Set()), NESTED, undefined);
    this.#pushScopes(inner);
    return disposeAll(inner, SUCCESS, Number.POSITIVE_INFINITY);
  }

  /** Child containers, and after them those that have something to dispose only since then. */
  #pushChildren(stack: Stack, seen: Set<ContainerEnd>): void {
    const children = [...this.#children].filter((child) => !seen.has(child));
    if (children.length === 0) return;
    stack.top = new Link(this, () => this.#pushChildren(stack, seen), NESTED, stack.top);
    for (const child of children) stack.top = new Link(child, endChild, NESTED, stack.top);
    for (const child of children) seen.add(child);
  }

  #pushScopes(stack: Stack): void {
    const scopes: Lifespan[] = [];
    for (let scope = this.#host.open.newest; scope !== undefined; scope = scope.older) scopes.push(scope);
    for (const scope of scopes.reverse()) stack.top = new Link(scope, endScope, NESTED, stack.top);
  }

  #disposeOwn(earlier: readonly unknown[], outcome: Outcome): Ending {
    const { home } = this;
    home.phase = DISPOSING;
    this.outside.phase = DISPOSING;
    this.#host.changed();
    this.outside.release(home);
    if (DISPOSE.hasSubscribers) announceDisposers(home, undefined);
    const failures = disposeAll(home, outcome, DEFAULT_TIMEOUT);
    return failures instanceof Promise
      ? failures.then((later) => thrown(this.#finish([...earlier, ...later])))
      : this.#finish([...earlier, ...failures]);
  }

  #finish(failures: readonly unknown[]): Failure | undefined {
    this.home.phase = CLOSED;
    this.outside.phase = CLOSED;
    this.#host.forget();
    this.#kept = false;
    if (this.#parent === undefined) forgetContainer(this);
    else this.#parent.#children.delete(this);
    return Failure.of(failures);
  }
}

function endScope(this: unknown): Promise<void> | undefined {
  return thrown((this as Lifespan).end(PARENT_ENDED));
}

/** What a child that ends without waiting has disposed, is disposed when its parent's `dispose()` returns. */
function endChild(this: unknown): Promise<void> | undefined {
  return thrown((this as ContainerEnd).end(SUCCESS));
}

function endScopes(this: unknown): Promise<void> | undefined {
  return thrown((this as ContainerEnd).endScopes());
}

function promiseOf(ending: Ending): Promise<void> {
  return ending instanceof Failure ? Promise.reject(ending.error) : Promise.resolve(ending);
}
