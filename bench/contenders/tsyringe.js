/** A child container per request; what is scoped is registered once, as container-scoped. */
import "reflect-metadata";
import { inject, injectable, Lifecycle, container as root } from "tsyringe";
import { Request } from "../graph.js";

export const title = "tsyringe, child container";
export const cannot = {
  "disposes the newest first": "disposes in the order of construction, the transaction before the log that uses it",
  "disposes what nobody kept": "disposes in the order of construction, the transaction before the log that uses it",
};

const lifecycles = {
  singleton: Lifecycle.Singleton,
  scoped: Lifecycle.ContainerScoped,
  transient: Lifecycle.Transient,
};

export function make(services) {
  const container = root.createChildContainer();
  for (const { type, deps, lifetime } of services) {
    deps.forEach((dep, index) => inject(dep)(type, undefined, index));
    injectable()(type);
    container.register(type, { useClass: type }, { lifecycle: lifecycles[lifetime] });
  }
  return {
    open(request, parent = container) {
      const scope = parent.createChildContainer();
      scope.register(Request, { useValue: request });
      return scope;
    },
    get: (scope, type) => scope.resolve(type),
    close: (scope) => scope.dispose(),
  };
}
