/** A scope per request that follows it: what `scopePerRequest` does. */
import { Controller, handle, io, Request } from "../graph.js";
import { makeContainer } from "./registrations.js";

const container = makeContainer();

export function sync(request) {
  return container.runInScopeSync({ seeds: [[Request, request]] }, () => handle(container.resolve(Controller)));
}

export function async(request) {
  return container.runInScope({ seeds: [[Request, request]] }, async () => {
    const controller = container.resolve(Controller);
    await io();
    const result = handle(controller);
    await io();
    return result;
  });
}
