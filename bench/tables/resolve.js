/** Asking for one instance in an open scope. */
import { AsyncLocalStorage } from "node:async_hooks";
import { cpuRounds } from "../clock.js";
import { AMBIT, PEERS } from "../contenders/index.js";
import { Config, Mapper, Request, Transaction } from "../graph.js";
import { apiOf, keep } from "./common.js";

const TYPES = { singleton: Config, scoped: Transaction, transient: Mapper };

/** Who resolves as another one does, or asynchronously only. */
const LEFT_OUT = ["awilix-classic", "inversify", "typed-inject", "nest", "nestjs-cls"];

export default {
  title: "Resolving",
  unit: "CPU ns",
  columns: {
    singleton: "a singleton",
    scoped: "a scoped instance, already built",
    transient: "a transient of a singleton",
  },
  rows: ["hand", ...AMBIT, ...PEERS.filter((name) => !LEFT_OUT.includes(name))],
  titles: { hand: "by hand, from a Map" },
  base: "hand",
  note: "By hand: map.get(type); storage.getStore().get(type); map.get(type)(), which is new. Inversify builds a scoped instance anew.",

  async measure(row, column, settings) {
    const type = TYPES[column];
    if (row === "hand") return byHand(column, type, settings);
    const { run, runAsync, open, get } = await apiOf(row);
    if (run) return runAsync(new Request("Ada"), () => cpuRounds(currentLoop(get, type), settings));
    return cpuRounds(scopeLoop(get, open(new Request("Ada")), type), settings);
  },
};

function currentLoop(get, type) {
  keep(get(type));
  return (n) => {
    for (let i = 0; i < n; i++) keep(get(type));
  };
}

function scopeLoop(get, scope, type) {
  keep(get(scope, type));
  return (n) => {
    for (let i = 0; i < n; i++) keep(get(scope, type));
  };
}

function byHand(column, type, settings) {
  const config = new Config();
  const instances = new Map([
    [Config, config],
    [Transaction, new Transaction()],
  ]);
  const factories = new Map([[Mapper, () => new Mapper(config)]]);
  const storage = new AsyncLocalStorage();
  const get = {
    singleton: (type) => instances.get(type),
    scoped: (type) => storage.getStore().get(type),
    transient: (type) => factories.get(type)(),
  }[column];
  return storage.run(instances, () => cpuRounds(currentLoop(get, type), settings));
}
