/** Context variables, with five of them set, against the AsyncLocalStorage that they stand on. */
import { AsyncLocalStorage } from "node:async_hooks";
import { cpuRounds } from "../clock.js";
import { keep } from "./common.js";

const nothing = () => undefined;

export default {
  title: "Context variables, five of them set",
  unit: "CPU ns",
  columns: { get: "get", set: "set and reset", run: "run", copy: "copyContext", copyRun: "copyContext().run" },
  rows: ["storage", "ambit"],
  titles: { storage: "AsyncLocalStorage", ambit: "ContextVar" },
  base: "storage",
  note: "By hand: getStore(); getStore() and two Map.set(); run(value, fn); new Map(getStore()); run({ values: getStore() }, fn).",

  async measure(row, column, settings) {
    return row === "ambit" ? ofAmbit(column, settings) : ofStorage(column, settings);
  },
};

async function ofAmbit(column, settings) {
  const { ContextVar, copyContext } = await import("../ambit.js");
  const variables = Array.from({ length: 5 }, (_, index) => new ContextVar(`variable ${index}`));
  const variable = variables[2];
  const operation = {
    get: () => keep(variable.get()),
    set: () => variable.reset(variable.set("other")),
    run: () => variable.run("other", nothing),
    copy: () => keep(copyContext()),
    copyRun: () => copyContext().run(nothing),
  }[column];
  return copyContext().run(() => {
    for (const variable of variables) variable.set("value");
    return cpuRounds(loop(operation), settings);
  });
}

function ofStorage(column, settings) {
  const storage = new AsyncLocalStorage();
  const values = new Map(Array.from({ length: 5 }, (_, index) => [`variable ${index}`, "value"]));
  const operation = {
    get: () => keep(storage.getStore()),
    set: () => setAndReset(storage.getStore(), "variable 2"),
    run: () => storage.run("other", nothing),
    copy: () => keep(new Map(storage.getStore())),
    copyRun: () => storage.run({ values: storage.getStore() }, nothing),
  }[column];
  return storage.run(values, () => cpuRounds(loop(operation), settings));
}

function setAndReset(values, name) {
  const old = values.get(name);
  values.set(name, "other");
  values.set(name, old);
}

function loop(operation) {
  return (n) => {
    for (let i = 0; i < n; i++) operation();
  };
}
