/** A scope per request that follows it: what `scopePerRequest` does. */
import { Request } from "../graph.js";
import { makeContainer } from "./ambit-container.js";

export const title = "ambit";

export function make(services, options) {
  const container = makeContainer(services, options);
  return {
    run: (request, work) => container.runInScopeSync({ seeds: [[Request, request]] }, work),
    runAsync: (request, work) => container.runInScope({ seeds: [[Request, request]] }, work),
    get: (type) => container.resolve(type),
  };
}
