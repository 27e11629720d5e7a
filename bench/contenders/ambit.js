/** A scope per request that follows it: what `scopePerRequest` does. */
import { Controller, io, Request } from "../graph.js";
import { makeContainer } from "./registrations.js";

const container = makeContainer();

export function sync(request) {
  return container.runInScopeSync({ seeds: [[Request, request]] }, () => container.resolve(Controller).handle());
}

export function async(request) {
  return container.runInScope({ seeds: [[Request, request]] }, async () => {
    const controller = container.resolve(Controller);
    await io();
    const result = controller.handle();
    await io();
    return result;
  });
}
