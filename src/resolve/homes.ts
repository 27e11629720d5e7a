/** The owners that are not scopes: a container, for its long-lived instances, and a container that is asked in no scope. */
import { NO_VARIABLES } from "../context/variables.js";
import type { Guard } from "../plan/guarding.js";
import type { Home, Place, Plan } from "../plan/plan.js";
import type { Registration } from "../registry/registration.js";
import type { InjectionToken } from "../registry/token.js";
import { classNameOf } from "../scope/class-name.js";
import type { Disposer, Kind } from "../scope/disposal.js";
import { disposerOf, isObject, PLAIN } from "../scope/disposal.js";
import type { OpenScopes } from "../scope/lifespan.js";
import { NO_SLOTS, Owner } from "../scope/owner.js";
import type { ContainerSurvey } from "../thread/survey.js";

/** What a home knows of its container. */
export interface Host {
  readonly family: { readonly guard: Guard | undefined };
  /** Its scopes that are open. */
  readonly open: OpenScopes;
  readonly report: (error: unknown) => void;
  planOf(registration: Registration): Plan;
  /** An object that forwards to what the container gives for `token` at each access. */
  standInFor(token: InjectionToken): object;
  /** Whether this value is it, a container around it, or an instance of either. */
  owns(value: unknown): boolean;
  /** Something here must be disposed one day: the container must be remembered. */
  keepAlive(): void;
  /** Its plans are void. */
  changed(): void;
  /** Its instances are gone. */
  forget(): void;
  /** What is built and open there, in words. */
  survey(): ContainerSurvey;
}

abstract class ContainerOwner extends Owner implements Home {
  readonly place: Place | undefined = undefined;
  abstract readonly longLived: boolean;

  constructor(protected readonly host: Host) {
    super(NO_VARIABLES, NO_SLOTS);
  }

  get family(): object {
    return this.host.family;
  }

  get report(): (error: unknown) => void {
    return this.host.report;
  }

  planOf(registration: Registration): Plan {
    return this.host.planOf(registration);
  }

  containerOwns(value: unknown): boolean {
    return this.host.owns(value);
  }
}

/** Owns the singletons, container-scoped and thread-scoped instances of one container. */
export class ContainerHome extends ContainerOwner {
  readonly longLived = true;

  override push(value: unknown, dispose: Disposer, kind: Kind): void {
    if (this.top === undefined) this.host.keepAlive();
    if (isObject(value)) everOwned.add(value);
    super.push(value, dispose, kind);
  }
}

/** What any container of this thread owns, or has disposed, or another library's has given: nobody else is to dispose that. */
const everOwned = new WeakSet<object>();

/** Whether `value` belongs to a container, of whatever family. */
export function isContainers(value: unknown): boolean {
  return isObject(value) && everOwned.has(value);
}

/** Leaves what a container of another library gave to that: nobody here is to dispose it. Gives it back. */
export function othersOwn<T>(value: T): T {
  if (isObject(value)) everOwned.add(value);
  return value;
}

interface Held {
  readonly ref: WeakRef<object>;
  /** Of its class. */
  readonly name: string;
}

/**
 * Owns what a container makes outside of every scope: transients, held weakly.
 *
 * They are disposed with the container while they are still reachable, and never kept alive by it: a root container
 * that kept each of them would leak.
 */
export class Outside extends ContainerOwner {
  readonly longLived = false;
  readonly #held = new Set<WeakRef<object>>();
  readonly #collected = new FinalizationRegistry<Held>(({ ref, name }) => {
    // What the container has disposed is not held any more.
    if (this.#held.delete(ref)) this.host.family.guard?.lost(name);
  });

  override push(value: unknown): void {
    this.host.keepAlive();
    const ref = new WeakRef(value as object);
    everOwned.add(value as object);
    this.#held.add(ref);
    this.#collected.register(value as object, { ref, name: classNameOf(value as object) });
  }

  /** Hands over what is still reachable, the oldest first. */
  release(to: Owner): void {
    for (const ref of this.#held) {
      const value = ref.deref();
      const disposer = disposerOf(value);
      if (disposer !== undefined) to.push(value, disposer, PLAIN);
    }
    this.#held.clear();
  }
}
