/** What the guard reports of a container, when it is asked. */

/** Uses of an instance in another scope than its own, or after that had closed: each was a `ScopeLeakError`. */
export interface Misuse {
  /** What was used: the name of its token. */
  readonly name: string;
  /** Where its scope was opened, and what for. */
  readonly openedAt: string;
  /** How often. */
  readonly count: number;
  /** The first of these errors. */
  readonly first: Error;
}

/** Instances that are reachable though their scope has closed, and a full garbage collection has run since. */
export interface Outlived {
  /** What they are: the name of their token. */
  readonly name: string;
  /** The name of their class. */
  readonly className: string;
  /** Where their scopes were opened, and what for. */
  readonly openedAt: string;
  /** How many of them. */
  readonly count: number;
}

/** Transients that a container made outside of every scope, and that were collected before anybody disposed them. */
export interface Undisposed {
  /** The name of their class. */
  readonly className: string;
  /** How many of them. */
  readonly count: number;
}

/** What `container.leaks()` gives. */
export interface LeakReport {
  readonly misused: readonly Misuse[];
  readonly outlived: readonly Outlived[];
  readonly undisposed: readonly Undisposed[];
}
