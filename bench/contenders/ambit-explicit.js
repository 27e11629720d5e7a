/** A scope that is passed along, without AsyncLocalStorage: `createScope`, `scope.resolve`, `close`. */
import { Controller, handle, io, Request } from "../graph.js";
import { makeContainer } from "./registrations.js";

const container = makeContainer();
const open = (request) => container.createScope({ parent: null, seeds: [[Request, request]] });

export function sync(request) {
  const scope = open(request);
  const result = handle(scope.resolve(Controller));
  void scope.close();
  return result;
}

export async function async(request) {
  const scope = open(request);
  const controller = scope.resolve(Controller);
  await io();
  const result = handle(controller);
  await io();
  await scope.close();
  return result;
}
