/** Class decorators: tsyringe's, and two for the new lifetimes. They register in ambit's default container. */
import type { RegistrationOptions } from "../container/api.js";
import { container } from "../container/container.js";
import { Lifecycle } from "../container/lifecycle.js";
import type { Constructor, InjectionToken } from "../container/token.js";

/** A class decorator that changes nothing about the class. */
type Decorates = <C extends Constructor>(target: C) => void;

/** Makes a class injectable, and an answer to `token` when one is given; to each of several. */
export function injectable<T>({ token }: { token?: InjectionToken<T> | InjectionToken<T>[] } = {}): Decorates {
  const tokens = token === undefined ? [] : Array.isArray(token) ? token : [token];
  return (target) => {
    for (const each of tokens) container.register(each, target as Constructor<T>);
  };
}

/** One instance per container, disposed with it. */
export function singleton(): Decorates {
  return registers(undefined, { lifecycle: Lifecycle.Singleton });
}

/** One instance per container, or per resolution. */
export function scoped<T>(
  lifecycle: typeof Lifecycle.ContainerScoped | typeof Lifecycle.ResolutionScoped,
  token?: InjectionToken<T>,
): Decorates {
  return registers(token, { lifecycle });
}

/** One instance per scope, the innermost or the nearest of that name, disposed when the scope closes. */
export function contextScoped<T>({
  scopeName,
  token,
}: {
  scopeName?: string;
  token?: InjectionToken<T>;
} = {}): Decorates {
  return registers(token, { lifecycle: Lifecycle.ContextScoped, ...(scopeName !== undefined && { scopeName }) });
}

/** One instance per worker thread, disposed when the thread ends. `eager`: built when a pool's worker starts. */
export function threadScoped<T>({
  eager = false,
  token,
}: {
  eager?: boolean;
  token?: InjectionToken<T>;
} = {}): Decorates {
  return registers(token, { lifecycle: Lifecycle.ThreadScoped, eager });
}

function registers(token: InjectionToken | undefined, options: RegistrationOptions): Decorates {
  return (target) => {
    container.register(target, target, options);
    // Another name, not another registration: whoever asks for the class gets the same instance.
    if (token !== undefined) container.register(token, { useToken: target });
  };
}
