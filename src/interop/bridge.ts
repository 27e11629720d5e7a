/** Lets a container of ambit and one of tsyringe live in one program, so that neither builds what the other keeps. */
import type { Container } from "../container/container.js";
import type { Foreign } from "../plan/foreign.js";
import { Lifecycle, outlivesScopes } from "../registry/lifecycle.js";
import type { Registration } from "../registry/registration.js";
import { type InjectionToken, isDelayed } from "../registry/token.js";
import type { TsyringeContainer, TsyringeToken } from "../registry/tsyringe.js";
import { othersOwn } from "../resolve/homes.js";

/**
 * Joins `container` to a container of tsyringe, as ambit's default container is joined to tsyringe's global one.
 *
 * What only `other` knows, `container` gets from it. What lives in scopes or longer in `container`, now and later, is
 * known to `other`: objects that tsyringe builds get a stand-in for a context-lived instance, and the very instance of
 * what lives longer. Each side disposes what it built. Call it again after `other.reset()`, which forgets all this.
 *
 * What decorators registered in the default container is known to every container of tsyringe: register in `container`
 * what it is to have of its own.
 */
export function bridge(container: Container, other: TsyringeContainer): void {
  container.join(other, () => new Bridge(container, other));
}

/** The way from a container of ambit to one of tsyringe, and what the latter was told on it. */
class Bridge implements Foreign {
  /** What it has told the other side, which knows it from here alone, and how that gets it now. */
  readonly #told = new Map<InjectionToken, () => unknown>();
  /** Names that it has not told, until what they stand for is told. */
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
    if (provide === undefined) return this.#leaveUntold(registration);
    this.#untold.delete(token);
    this.#told.set(token, provide);
    // What was told asks each time what it is to give now. The other side may have forgotten that it was.
    if (!isThere || !wasTold) this.#tell(token);
  }

  #tell(token: InjectionToken): void {
    this.#other.register(token as TsyringeToken, { useFactory: () => this.#told.get(token)?.() });
    for (const alias of this.#untold.values()) if (alias.provider.useToken === token) this.learn(alias);
  }

  /** A name is told as soon as what it stands for is; what is no name never is, and is not looked through each time. */
  #leaveUntold(registration: Registration): void {
    if (registration.provider.useToken === undefined) this.#untold.delete(registration.token);
    else this.#untold.set(registration.token, registration);
  }

  /** How the other side is to get it; `undefined` where it may build its own. */
  #provide(
    { token, lifecycle, provider: { useToken } }: Registration,
    isThere: boolean,
    wasTold: boolean,
  ): (() => unknown) | undefined {
    if (lifecycle === Lifecycle.ContextScoped) return this.#handOut(token);
    if (useToken !== undefined && (wasTold || this.#told.has(useToken))) return () => this.resolve(useToken);
    // What the other side has been told by its own user about a singleton is no lie. What it was told from here would be
    // one, as soon as something else is registered, whatever lifetime that has.
    const isOwn = isThere && !wasTold;
    const isShared = lifecycle === Lifecycle.ThreadScoped || (outlivesScopes(lifecycle) && !isOwn);
    return isShared || wasTold ? () => this.#container.resolve(token) : undefined;
  }

  /** One stand-in for all that the other side builds. */
  #handOut(token: InjectionToken): () => unknown {
    const standIn = this.#container.standInFor(token);
    return () => standIn;
  }

  #isThere(token: InjectionToken, recursive = false): boolean {
    return this.#ask(() => this.#other.isRegistered(token as TsyringeToken, recursive)) ?? false;
  }

  get #isOver(): boolean {
    return this.#ask(() => this.#other.isRegistered("")) === undefined;
  }

  /** What the other side says; `undefined` once it is disposed, because it refuses every question then. */
  #ask<T>(question: () => T): T | undefined {
    try {
      return question();
    } catch {
      return undefined;
    }
  }
}
