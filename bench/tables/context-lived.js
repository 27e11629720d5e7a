/** A scope that uses 4 scoped services, in apps in which other requests use more and more others. */
import { cpuRounds } from "../clock.js";
import { AMBIT, NEAREST } from "../contenders/index.js";
import { AuditLog, Preferences, Request } from "../graph.js";
import { inScope } from "../in-scope.js";
import { classes, graph } from "../services.js";
import { apiOf, keep } from "./common.js";

const USED = 4;

export default {
  title: "A scope and 4 of its services, by the number of scoped services in use in the app",
  unit: "CPU ns",
  columns: { 4: "4", 500: "500", 5000: "5,000" },
  rows: [...AMBIT, ...NEAREST],
  note: "Each has been resolved in an earlier scope, before the 4 were.",

  async measure(row, column, settings) {
    const others = classes(Number(column) - USED, "scoped");
    const api = await apiOf(row, [...graph, ...others]);
    const types = others.map(({ type }) => type);
    await inScope(api, new Request("Ada"), types, () => undefined);
    return cpuRounds(api.run ? following(api) : passedAlong(api), settings);
  },
};

function following({ run, get }) {
  const work = () => {
    keep(get(AuditLog));
    keep(get(Preferences));
  };
  return (n) => {
    for (let i = 0; i < n; i++) run(new Request("Ada"), work);
  };
}

function passedAlong({ open, get, close }) {
  return (n) => {
    for (let i = 0; i < n; i++) {
      const scope = open(new Request("Ada"));
      keep(get(scope, AuditLog));
      keep(get(scope, Preferences));
      void close(scope);
    }
  };
}
