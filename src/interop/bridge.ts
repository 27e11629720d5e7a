/** Lets a container of ambit and one of tsyringe live in one program, so that neither builds what the other keeps. */
import type { Container } from "../container/container.js";
import type { Foreign } from "../container/foreign.js";
import { othersOwn } from "../container/homes.js";
import { Lifecycle, outlivesScopes } from "../container/lifecycle.js";
import type { Registration } from "../container/registration.js";
import { type InjectionToken, isDelayed } from "../container/token.js";
import type { TsyringeContainer, TsyringeToken } from "../container/tsyringe.js";

/**
 * Joins `container` to a container of tsyringe, as ambit's default container is joined to tsyringe's global one.
 *
 * What only `other` knows, `container` gets from it. What lives in scopes or longer in `container`, now and later, is
 * known to `other`: objects that tsyringe builds get a stand-in for a context-lived instance, and the very instance of
 * what lives longer. Each side disposes what it built. Call it again after `other.reset()`, which forgets all this.
 */
export function bridge(container: Container, other: TsyringeContainer): void {
  container.join(other, () => new Bridge(container, other));
}

class Bridge implements Foreign {
  /** What it has told the other side, which knows it from here alone, and how that gets it now. */
  readonly #told = new Map<InjectionToken, () => unknown>();
  /** What it has not told: a name, until what that stands for is told. */
  readonly #untold = new Map<InjectionToken, Registration>();
  readonly #container: Container;
  readonly #other: TsyringeContainer;

  constructor(container: Container, other: TsyringeContainer) {
    this.#container = container;
    this.#other = other;
  }

  knows(token: InjectionToken): boolean {
    return !isDelayed(token) && !this.#told.has(token) && this.#isThere(token, true);
  }

  resolve(token: InjectionToken): unknown {
    return othersOwn(this.#other.resolve(token as TsyringeToken));
  }

  resolveAll(token: InjectionToken): unknown[] {
    return this.#other.resolveAll(token as TsyringeToken).map(othersOwn);
  }

  learn(registration: Registration): void {
    const { token } = registration;
    if (isDelayed(token) || this.#isOver) return;
    const isThere = this.#isThere(token);
    const wasTold = this.#told.has(token);
    const provide = this.#provide(registration, isThere, wasTold);
    if (provide === undefined) return void this.#untold.set(token, registration);
    this.#untold.delete(token);
    this.#told.set(token, provide);
    if (isThere && wasTold) return;
    this.#other.register(token as TsyringeToken, { useFactory: () => this.#give(token) });
    for (const alias of this.#untold.values()) if (alias.provider.useToken === token) this.learn(alias);
  }

  #give(token: InjectionToken): unknown {
    return this.#told.get(token)?.();
  }

  /** How the other side is to get it; `undefined` where it may build its own. */
  #provide(
    { token, lifecycle, provider: { useToken } }: Registration,
    isThere: boolean,
    wasTold: boolean,
  ): (() => unknown) | undefined {
    if (lifecycle === Lifecycle.ContextScoped) return this.#handOut(token);
    if (useToken !== undefined && (wasTold || this.#told.has(useToken))) return () => this.resolve(useToken);
    // What the other side has been told by its own user about a singleton is no lie.
    const isOwn = isThere && !wasTold;
    const isShared = lifecycle === Lifecycle.ThreadScoped || (outlivesScopes(lifecycle) && !isOwn);
    return isShared ? () => this.#container.resolve(token) : undefined;
  }

  /** One stand-in for all that the other side builds. */
  #handOut(token: InjectionToken): () => unknown {
    const standIn = this.#container.standInFor(token);
    return () => standIn;
  }

  #isThere(token: InjectionToken, recursive = false): boolean {
    try {
      return this.#other.isRegistered(token as TsyringeToken, recursive);
    } catch {
      // It refuses every question once it is disposed.
      return false;
    }
  }

  get #isOver(): boolean {
    try {
      this.#other.isRegistered("");
      return false;
    } catch {
      return true;
    }
  }
}
