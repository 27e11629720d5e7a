/** Services in an inversify container, with its own request scope. */
import "reflect-metadata";
import { Container, inject, injectable } from "inversify";
import { end, Request } from "../graph.js";

const scopes = { singleton: "inSingletonScope", scoped: "inRequestScope", transient: "inTransientScope" };

export function makeContainer(services, options) {
  const container = new Container(options);
  // A get() takes no values along; it is synchronous, so that a variable can hold the request meanwhile.
  let current;
  container.bind(Request).toDynamicValue(() => current);
  for (const { type, deps, lifetime } of services) {
    deps.forEach((dep, index) => inject(dep)(type, undefined, index));
    injectable()(type);
    container.bind(type).toSelf()[scopes[lifetime]]();
  }
  return {
    open: (request) => request,
    get(scope, type) {
      current = scope;
      return container.get(type);
    },
    close: (_scope, controller) => controller && end(controller),
  };
}
