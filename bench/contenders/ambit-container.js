/** Services in an ambit container with default options, for both ways to use it. */
import { Container, Lifecycle } from "../ambit.js";
import { Pool, Request } from "../graph.js";

const lifecycles = {
  singleton: Lifecycle.Singleton,
  scoped: Lifecycle.ContextScoped,
  transient: Lifecycle.Transient,
};

export function makeContainer(services) {
  const container = new Container();
  container.register(Request, { useSeed: true });
  for (const { type, deps, lifetime } of services) {
    const lifecycle = type === Pool ? Lifecycle.ThreadScoped : lifecycles[lifetime];
    container.register(type, { useClass: type, deps }, { lifecycle });
  }
  return container;
}
