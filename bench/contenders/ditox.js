/** A child container per request, in which what is scoped is bound anew: an instance lives where its factory is bound. */
import { createContainer, token } from "ditox";
import { Request } from "../graph.js";
import { written } from "../services.js";

export const title = "ditox, child container";
export const cannot = {
  "disposes the newest first": "disposes in the order of binding, whatever depends on what",
  "disposes what nobody kept": "disposes in the order of binding, whatever depends on what",
};

const requestToken = token("request");

export function make(services) {
  const container = createContainer();
  const tokens = new Map([[Request, requestToken]]);
  for (const { name, type } of services) tokens.set(type, token(name));
  const bindings = services.map((service) => bindingOf(service, tokens));
  const perRequest = bindings.filter(({ options }) => options.scope === "scoped");
  for (const { token, factory, options } of bindings)
    if (options.scope !== "scoped") container.bindFactory(token, factory, options);
  return {
    open(request, parent = container) {
      const scope = createContainer(parent);
      scope.bindValue(requestToken, request);
      for (const { token, factory, options } of perRequest) scope.bindFactory(token, factory, options);
      return scope;
    },
    get: (scope, type) => scope.resolve(tokens.get(type)),
    close: (scope) => scope.removeAll(),
  };
}

function bindingOf(service, tokens) {
  const { type, lifetime: scope } = service;
  const factory = written(
    service,
    (dep) => `from.resolve(${dep})`,
    (type) => tokens.get(type),
  );
  const onRemoved = "dispose" in type.prototype ? (instance) => instance.dispose() : undefined;
  return { token: tokens.get(type), factory, options: { scope, onRemoved } };
}
