/** A scope that is passed along, without AsyncLocalStorage: `createScope`, `scope.resolve`, `close`. */
import { Request } from "../graph.js";
import { makeContainer } from "./ambit-container.js";

export const title = "ambit, a scope passed along";

export function make(services) {
  const container = makeContainer(services);
  return {
    open: (request, parent = null) => container.createScope({ parent, seeds: [[Request, request]] }),
    get: (scope, type) => scope.resolve(type),
    close: (scope) => scope.close(),
  };
}
