/** What every contender must do before it is measured; what it cannot, it declares in `cannot`, and only that. */
import assert from "node:assert/strict";
import { AuditLog, Config, disposed, Mapper, Request, record, Transaction } from "./graph.js";
import { inScope } from "./in-scope.js";
import { requestsOf } from "./requests.js";

/** By the names that contenders use in `cannot`. */
const CHECKS = {
  /** Two requests at a time, each with its own user and one transaction. */
  async apart(api) {
    const { async } = requestsOf(api);
    assert.deepEqual(await Promise.all([async(new Request("Ada")), async(new Request("Bob"))]), ["Ada", "Bob"]);
  },
  async "shared between two gets"(api) {
    if (!api.get) return;
    await inScope(api, new Request("Ada"), [Transaction, Transaction], (one, other) => {
      assert.ok(one instanceof Transaction);
      assert.equal(one, other);
    });
  },
  async "none shared across requests"(api) {
    if (!api.get) return;
    const look = ({ user, transaction }) => [user.id, transaction.number];
    const ofAda = await inScope(api, new Request("Ada"), [AuditLog], look);
    const ofBob = await inScope(api, new Request("Bob"), [AuditLog], look);
    assert.deepEqual([ofAda[0], ofBob[0]], ["Ada", "Bob"]);
    assert.notEqual(ofAda[1], ofBob[1]);
  },
  async "one singleton"(api) {
    if (!api.get) return;
    const keep = (config) => config;
    const ofAda = await inScope(api, new Request("Ada"), [Config], keep);
    assert.equal(ofAda, await inScope(api, new Request("Bob"), [Config], keep));
  },
  async "transients anew"(api) {
    if (!api.get) return;
    await inScope(api, new Request("Ada"), [Mapper, Mapper], (one, other) => assert.notEqual(one, other));
  },
  async "disposes each once"(api) {
    assert.deepEqual(
      (await disposedBy(api)).toSorted((a, b) => a.localeCompare(b)),
      ["audit log", "transaction"],
    );
  },
  async "disposes the newest first"(api) {
    assert.deepEqual(await disposedBy(api), ["audit log", "transaction"]);
  },
  async "disposes what nobody kept"(api) {
    if (!api.get) return;
    record(true);
    await inScope(api, new Request("Ada"), [AuditLog], (audit) => assert.ok(audit));
    const ended = [...disposed];
    record(false);
    assert.deepEqual(ended, ["audit log", "transaction"]);
  },
};

/**
 * @param {{ cannot?: Record<string, string> }} contender
 * @param {import("./requests.js").Api} api
 * @throws Error when it cannot do what it should, or can do what it says it cannot
 */
export async function check({ cannot = {} }, api) {
  for (const [name, verify] of Object.entries(CHECKS)) {
    const failure = await verify(api).then(
      () => undefined,
      (error) => error,
    );
    if (failure && !(name in cannot)) throw new Error(`This contender fails "${name}".`, { cause: failure });
    if (!failure && name in cannot) throw new Error(`This contender passes "${name}", and says that it cannot.`);
  }
}

async function disposedBy(api) {
  const { sync, async } = requestsOf(api);
  record(true);
  await (sync ?? async)(new Request("Ada"));
  await new Promise(setImmediate);
  const ended = [...disposed];
  record(false);
  return ended;
}
