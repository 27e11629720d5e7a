/**
 * Class decorators: tsyringe's, and two for the new lifetimes.
 *
 * They register in ambit's default container, and leave the lifetime with the class: a container in which nobody
 * registered it goes by that. A `token` is the default container's alone, and so is `eager`: elsewhere a class that needs
 * either is refused until it is registered.
 */
import { container } from "../container/container.js";
import type { Provider, RegistrationOptions } from "../registry/api.js";
import { Lifecycle } from "../registry/lifecycle.js";
import { declareAnswer, declareOptions } from "../registry/metadata.js";
import { type Constructor, type InjectionToken, isClass } from "../registry/token.js";
import { assertCalled } from "./called.js";

/** A class decorator that changes nothing about the class. */
type Decorates = <C extends Constructor>(target: C) => void;

/** Makes a class injectable, and an answer to `token` when one is given; to each of several. */
export function injectable<T>(options: { token?: InjectionToken<T> | InjectionToken<T>[] } = {}): Decorates {
  assertCalled("@injectable()", options);
  const { token } = options;
  const tokens = token === undefined ? [] : Array.isArray(token) ? token : [token];
  return (target) => {
    for (const each of tokens) standFor(each, target, { useClass: target });
  };
}

/** One instance per container, disposed with it. */
export function singleton(): Decorates;
export function singleton(first?: unknown): Decorates {
  assertCalled("@singleton()", first);
  return registers(undefined, { lifecycle: Lifecycle.Singleton });
}

/** One instance per container, or per resolution. */
export function scoped<T>(
  lifecycle: typeof Lifecycle.ContainerScoped | typeof Lifecycle.ResolutionScoped,
  token?: InjectionToken<T>,
): Decorates {
  assertCalled("@scoped(Lifecycle.ContainerScoped)", lifecycle);
  return registers(token, { lifecycle });
}

/** One instance per scope, the innermost or the nearest of that name, disposed when the scope closes. */
export function contextScoped<T>(options: { scopeName?: string; token?: InjectionToken<T> } = {}): Decorates {
  assertCalled("@contextScoped()", options);
  const { scopeName, token } = options;
  return registers(token, { lifecycle: Lifecycle.ContextScoped, ...(scopeName !== undefined && { scopeName }) });
}

/** One instance per worker thread, disposed when the thread ends. `eager`: built when a pool's worker starts. */
export function threadScoped<T>(options: { eager?: boolean; token?: InjectionToken<T> } = {}): Decorates {
  assertCalled("@threadScoped()", options);
  const { eager = false, token } = options;
  return registers(token, { lifecycle: Lifecycle.ThreadScoped, eager });
}

function registers(token: InjectionToken | undefined, options: RegistrationOptions): Decorates {
  return (target) => {
    declareOptions(target, options);
    container.register(target, target, options);
    // Another name, not another registration: whoever asks for the class gets the same instance.
    if (token !== undefined) standFor(token, target, { useToken: target });
  };
}

function standFor(token: InjectionToken, target: Constructor, provider: Provider): void {
  container.register(token, provider as never);
  if (isClass(token)) declareAnswer(token, target);
}
