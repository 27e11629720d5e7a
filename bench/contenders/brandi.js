/** A child container per request; `inContainerScope` caches in the container that is asked. */
import { createContainer, injected, token } from "brandi";
import { end, Request } from "../graph.js";

export const title = "brandi, child container";
export const cannot = { "disposes what nobody kept": "disposes nothing: the bench ends both by hand" };

const scopes = { singleton: "inSingletonScope", scoped: "inContainerScope", transient: "inTransientScope" };
const requestToken = token("request");

export function make(services) {
  const container = createContainer();
  const tokens = new Map([[Request, requestToken]]);
  for (const { name, type } of services) tokens.set(type, token(name));
  for (const { type, deps, lifetime } of services) {
    if (deps.length > 0) injected(type, ...deps.map((dep) => tokens.get(dep)));
    container.bind(tokens.get(type)).toInstance(type)[scopes[lifetime]]();
  }
  return {
    open(request, parent = container) {
      const scope = createContainer().extend(parent);
      scope.bind(requestToken).toConstant(request);
      return scope;
    },
    get: (scope, type) => scope.get(tokens.get(type)),
    close: (_scope, controller) => controller && end(controller),
  };
}
