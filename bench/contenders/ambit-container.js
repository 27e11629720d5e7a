/** Services in an ambit container, with default options unless something is said, for both ways to use it. */
import { Container, Lifecycle } from "../ambit.js";
import { Pool, Request } from "../graph.js";

const lifecycles = {
  singleton: Lifecycle.Singleton,
  scoped: Lifecycle.ContextScoped,
  transient: Lifecycle.Transient,
};

export function makeContainer(services, options = {}) {
  const container = new Container(options);
  container.register(Request, { useSeed: true });
  for (const { type, deps, lifetime } of services) {
    const lifecycle = type === Pool ? Lifecycle.ThreadScoped : lifecycles[lifetime];
    container.register(type, { useClass: type, deps }, { lifecycle });
  }
  return container;
}
