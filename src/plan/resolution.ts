/** One `resolve()` call, for as long as it runs: what is shared within it. */
import type { Owner } from "../scope/owner.js";

/** The resolution-scoped instances of one `resolve()` call, by the owner for which they were made. */
export class Resolution {
  #instances: Map<Owner, Map<object, unknown>> | undefined;

  /** The instances of this resolution that were made for `owner`, by registration. */
  of(owner: Owner): Map<object, unknown> {
    this.#instances ??= new Map();
    let instances = this.#instances.get(owner);
    if (instances === undefined) this.#instances.set(owner, (instances = new Map()));
    return instances;
  }

  /** The part of it that `owner` may keep: its own instances, and nobody else's. */
  partOf(owner: Owner): Resolution {
    const part = new Resolution();
    part.#instances = new Map([[owner, this.of(owner)]]);
    return part;
  }
}
