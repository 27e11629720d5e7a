/** What an open scope holds beyond its instances. */
import { AMBIT } from "../contenders/index.js";
import { AuditLog, CurrentUser, Pool, Preferences, Request, Transaction } from "../graph.js";
import { apiOf } from "./common.js";

const SCOPES = 5_000;

export default {
  title: "Memory of an open scope with 4 instances",
  unit: "bytes beyond the instances",
  columns: { open: "one of 5,000 open scopes" },
  rows: [
    "hand-als",
    ...AMBIT,
    "inversify-equal",
    "injection-js",
    "ditox",
    "tsyringe",
    "needle-di",
    "awilix-proxy",
    "brandi",
    "typedi",
  ],
  execArgv: ["--expose-gc"],
  turns: () => 1,
  rounds: 7,
  note: "By hand in AsyncLocalStorage, with ambit, and with equal work around inversify it is a Promise that keeps the scope open; theirs are included.",

  async measure(row, _column, { rounds }) {
    const open = openerOf(await apiOf(row));
    measureOnce(open);
    const figures = [];
    for (let round = 0; round < rounds; round++) figures.push(measureOnce(open) - measureOnce(byHand));
    return figures;
  },
};

function measureOnce(open) {
  const kept = new Array(SCOPES * 4).fill(undefined);
  const before = heapUsed();
  for (let index = 0; index < kept.length; index += 4) {
    const request = new Request("Ada");
    open(request, (scope, audit, preferences) => {
      kept[index] = request;
      kept[index + 1] = scope;
      kept[index + 2] = audit;
      kept[index + 3] = preferences;
    });
  }
  return (heapUsed() - before) / SCOPES;
}

function heapUsed() {
  globalThis.gc();
  globalThis.gc();
  return process.memoryUsage().heapUsed;
}

function openerOf(api) {
  if (api.sync) return byHandFollowing(api);
  return api.runAsync ? following(api) : passedAlong(api);
}

function byHand(request, hold) {
  const user = new CurrentUser(request);
  hold(undefined, new AuditLog(user, new Transaction(Pool)), new Preferences(user, Pool));
}

function byHandFollowing({ run }) {
  return (request, hold) => {
    const open = Promise.withResolvers();
    const work = run(request, async () => {
      byHand(request, (_, audit, preferences) => hold(open, audit, preferences));
      await open.promise;
    });
    void work;
  };
}

function passedAlong({ open, get }) {
  return (request, hold) => {
    const scope = open(request);
    hold(scope, get(scope, AuditLog), get(scope, Preferences));
  };
}

function following({ runAsync, get }) {
  return (request, hold) => {
    const open = Promise.withResolvers();
    const scope = runAsync(request, () => {
      hold(open, get(AuditLog), get(Preferences));
      return open.promise;
    });
    void scope;
  };
}
