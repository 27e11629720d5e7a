/** What a container is made with. */

/** How a container is made. */
export interface ContainerOptions {
  /** Hears of disposal failures that have no caller to be thrown to. Default: a process warning. */
  readonly onDisposalError?: (error: unknown) => void;
  /**
   * The order of named scopes, the outermost first: `["connection", "message"]`. It lets ambit refuse, before anything
   * is built, that what lives in an outer one holds what lives in an inner one; names that are not in it are checked
   * when they are used.
   */
  readonly scopes?: readonly string[];
  /**
   * For development and tests: what lives in scopes is handed out as stand-ins, and one that is used in another scope
   * than its own, or after that has closed, throws a `ScopeLeakError`. For a root container; children have their root's.
   * Default: whether the environment says `AMBIT_GUARD=1`.
   */
  readonly guard?: boolean;
}
