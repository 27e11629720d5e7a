/** What can be asked for instances. */
import type { InjectionToken } from "./token.js";

/** A container or a scope, as those see it who only ask. */
export interface Resolver {
  /**
   * Gives the instance for `token`, building what is not there yet.
   *
   * @throws UnregisteredTokenError, MissingTypeInfoError, CyclicDependencyError, CaptiveDependencyError before anything
   * is constructed; NoScopeError, ScopeClosedError, AsyncDependencyError; whatever a constructor throws, as it is
   */
  resolve<T>(token: InjectionToken<T>): T;
  /** As `resolve`, for graphs with async providers: one flight per instance and scope; a rejection is not kept. */
  resolveAsync<T>(token: InjectionToken<T>): Promise<T>;
  /** Everything that was registered for `token`, in the order of registration. */
  resolveAll<T>(token: InjectionToken<T>): T[];
  /** As `resolve`, but `undefined` when nobody registered the token. */
  tryResolve<T>(token: InjectionToken<T>): T | undefined;
}
