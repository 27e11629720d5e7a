/** Calls methods of controllers that are resolved in the scope of a request. */
import { currentCell, enter } from "../../context/cell.js";
import { NoScopeError, RegistrationError } from "../../errors.js";
import type { Scope } from "../../registry/api.js";
import { type InjectionToken, nameOfToken } from "../../registry/token.js";
import type { Lifespan } from "../../scope/lifespan.js";
import { requestOf } from "./live-scope.js";

/** The names of the methods of `C` that can be called with what a host gives its handlers. */
export type MethodName<C, W extends readonly unknown[]> = {
  [K in keyof C]: C[K] extends (...args: W) => unknown ? K : never;
}[keyof C];

/**
 * Resolves `controller` in the scope of the request that `given` belongs to, and calls its method.
 *
 * @throws NoScopeError ERR_AMBIT_NO_SCOPE at a request that did not come through `scopePerRequest`
 */
export async function callController<C>(
  controller: InjectionToken<C>,
  method: PropertyKey,
  given: object,
  args: readonly unknown[],
): Promise<unknown> {
  const scope = requestOf(given)?.scope;
  if (scope === undefined) throw new NoScopeError(nameOfToken(controller), undefined);
  if (!isCurrent(scope)) return enter(scope, () => callController(controller, method, given, args));
  const instance = (await scope.resolveAsync(controller)) as Record<PropertyKey, (...args: unknown[]) => unknown>;
  if (typeof instance?.[method] !== "function") throw noMethod(controller, method);
  return instance[method](...args);
}

function noMethod(controller: InjectionToken, method: PropertyKey): RegistrationError {
  const name = nameOfToken(controller);
  return new RegistrationError(
    `Cannot call ${name}.${String(method)}: what ${name} stands for has no such method.`,
    `invoke(${name}, "...") with the name of a method of its.`,
  );
}

/** Not so where code has gone on in another flow, such as that of a connection's first user. */
function isCurrent(scope: Scope): boolean {
  let current = currentCell().scope as Lifespan | undefined;
  while (current !== undefined && current !== scope) current = current.extras?.around ?? current.enclosing;
  return current === scope;
}
