/** A chain of child injectors per request: each service that is scoped, or needs one that is, is a link of it. */
import { createInjector, Scope } from "typed-inject";
import { Request } from "../graph.js";
import { REQUEST } from "../services.js";

export const title = "typed-inject";

export function make(services) {
  const names = new Map([[Request, REQUEST]]);
  for (const { name, type } of services) names.set(type, name);
  for (const { type, deps } of services) type.inject = deps.map((dep) => names.get(dep));
  const provide = (injector, { name, type, lifetime }) =>
    injector.provideClass(name, type, lifetime === "transient" ? Scope.Transient : Scope.Singleton);

  const root = services.filter(({ lifetime }) => lifetime === "singleton").reduce(provide, createInjector());
  const perRequest = services.filter(({ lifetime }) => lifetime !== "singleton");
  return {
    endsLater: true,
    open(request) {
      const outermost = root.createChildInjector();
      return { outermost, innermost: perRequest.reduce(provide, outermost.provideValue(REQUEST, request)) };
    },
    get: ({ innermost }, type) => innermost.resolve(names.get(type)),
    close: ({ outermost }) => outermost.dispose(),
  };
}
