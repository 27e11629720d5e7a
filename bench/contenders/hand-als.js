/** The same inside `AsyncLocalStorage.run`, with one `getStore`: the limit for anything that follows the request. */
import { AsyncLocalStorage } from "node:async_hooks";
import * as hand from "./hand.js";

export const title = "by hand in AsyncLocalStorage";

const storage = new AsyncLocalStorage();

export function sync(request) {
  return storage.run({ request }, () => hand.sync(storage.getStore().request));
}

export function async(request) {
  return storage.run({ request }, () => hand.async(storage.getStore().request));
}

const run = (request, work) => storage.run({ request }, work);

/** Only for the graph: nobody asks for a service by name. */
export const make = () => ({ sync, async, run });
