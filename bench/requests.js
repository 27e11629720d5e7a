/** One request, sync and async, in a scope of a contender's; the same code for all of them. */
import { Controller, handle, io } from "./graph.js";

/**
 * What a contender's `make(services)` returns (a promise of it where starting takes one):
 * either scopes that are passed along, `open(request)`, `get(scope, type)`, `close(scope, controller)`,
 * or one that follows the work, `run(request, work)`, `runAsync(request, work)`, `get(type)`.
 *
 * @typedef {object} Api
 * @property {(request: object, parent?: any) => any} [open] inside another scope, where a table nests them
 * @property {(scope: any, controller: any) => any} [close]
 * @property {(request: object, work: () => any) => any} [run]
 * @property {(request: object, work: () => Promise<any>) => Promise<any>} [runAsync]
 * @property {Function} get
 * @property {boolean} [endsLater] what `close` does, it does after it has returned
 * @property {boolean} [awaits] there is no sync way: `get` returns a promise
 */

/**
 * @param {Api} api
 * @returns {{ sync: (request: object) => any, async: (request: object) => Promise<any> }}
 */
export function requestsOf(api) {
  if (api.sync) return api;
  if (api.runAsync) return following(api);
  if (api.awaits) return awaited(api);
  const { sync, async } = passedAlong(api);
  return api.endsLater ? { async } : { sync, async };
}

function following({ run, runAsync, get }) {
  return {
    sync: run && ((request) => run(request, () => handle(get(Controller)))),
    async: (request) =>
      runAsync(request, async () => {
        const controller = get(Controller);
        await io();
        const result = handle(controller);
        await io();
        return result;
      }),
  };
}

function passedAlong({ open, get, close }) {
  return {
    sync(request) {
      const scope = open(request);
      const controller = get(scope, Controller);
      const result = handle(controller);
      void close(scope, controller);
      return result;
    },
    async async(request) {
      const scope = open(request);
      const controller = get(scope, Controller);
      await io();
      const result = handle(controller);
      await io();
      const closing = close(scope, controller);
      if (closing !== undefined) await closing;
      return result;
    },
  };
}

function awaited({ open, get, close }) {
  const request = async (request) => {
    const scope = open(request);
    const controller = await get(scope, Controller);
    await io();
    const result = handle(controller);
    await io();
    const closing = close(scope, controller);
    if (closing !== undefined) await closing;
    return result;
  };
  return { async: request };
}
