/** Services in an awilix container, for both of its modes. */
import { asValue, createContainer } from "awilix";
import { Request } from "../graph.js";
import { REQUEST } from "../services.js";

export const cannot = {
  "disposes the newest first": "disposes in the order of construction, the transaction before the log that uses it",
  "disposes what nobody kept": "disposes in the order of construction, the transaction before the log that uses it",
};

const dispose = (instance) => instance.dispose();

export function makeContainer(services, injectionMode, resolverOf) {
  const container = createContainer({ injectionMode });
  const names = new Map([[Request, REQUEST]]);
  const nameOf = (type) => names.get(type);
  for (const { name, type } of services) names.set(type, name);
  for (const service of services) container.register(service.name, resolver(service, resolverOf(service, nameOf)));
  return {
    open(request, parent = container) {
      const scope = parent.createScope();
      scope.register(REQUEST, asValue(request));
      return scope;
    },
    get: (scope, type) => scope.resolve(names.get(type)),
    close: (scope) => scope.dispose(),
  };
}

function resolver({ type, lifetime }, resolver) {
  const lived = resolver[lifetime]();
  return "dispose" in type.prototype ? lived.disposer(dispose) : lived;
}
