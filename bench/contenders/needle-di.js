/** A child container per request, in which all but the singletons is bound anew: an instance lives where it is bound. */
import { Container } from "@needle-di/core";
import { end, Request } from "../graph.js";
import { written } from "../services.js";

export const title = "needle-di, child container";
export const cannot = {
  "transients anew": "knows no transients: one per container",
  "disposes what nobody kept": "disposes nothing: the bench ends both by hand",
};

export function make(services) {
  const container = new Container();
  const perRequest = services.filter(({ lifetime }) => lifetime !== "singleton").map(providerOf);
  for (const service of services) if (service.lifetime === "singleton") container.bind(providerOf(service));
  return {
    open(request, parent = container) {
      const scope = parent.createChild();
      scope.bind({ provide: Request, useValue: request });
      for (const provider of perRequest) scope.bind(provider);
      return scope;
    },
    get: (scope, type) => scope.get(type),
    close: (_scope, controller) => controller && end(controller),
  };
}

function providerOf(service) {
  const useFactory = written(service, (dep) => `from.get(${dep})`);
  return { provide: service.type, useFactory };
}
