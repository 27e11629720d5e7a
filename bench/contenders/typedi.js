/** `Container.of(id)` per request. */
import "reflect-metadata";
import { Container } from "typedi";
import { end, Request } from "../graph.js";
import { written } from "../services.js";

export const title = "typedi, Container.of(id)";
export const cannot = {
  "transients anew": "caches a transient in the scope that asks for it",
  "disposes what nobody kept": "calls destroy() only, in the order of registration: the bench ends both by hand",
};

let requests = 0;

export function make(services) {
  for (const service of services) {
    const { type: id, lifetime } = service;
    const factory = written(service, (dep) => `from.get(${dep})`);
    Container.set({ id, factory, global: lifetime === "singleton", transient: lifetime === "transient" });
  }
  return {
    open(request) {
      const scope = Container.of(`request ${++requests}`);
      scope.set(Request, request);
      return scope;
    },
    get: (scope, type) => scope.get(type),
    close(scope, controller) {
      if (controller) end(controller);
      Container.reset(scope.id);
    },
  };
}
