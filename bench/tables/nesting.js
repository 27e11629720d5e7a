/** Scopes inside scopes, each with a user of its own. */
import { cpuRounds } from "../clock.js";
import { AMBIT } from "../contenders/index.js";
import { CurrentUser, Request } from "../graph.js";
import { apiOf, keep } from "./common.js";

export default {
  title: "Nested scopes, each with one service of its own",
  unit: "CPU ns for each scope",
  columns: { 1: "1 deep", 4: "4", 16: "16" },
  rows: [...AMBIT, "injection-js", "tsyringe", "awilix-proxy"],

  async measure(row, column, settings) {
    const { run, open, get, close } = await apiOf(row);
    const depth = Number(column);
    const visit = run ? nestedRun(run, get) : nestedOpen(open, get, close);
    const figures = await cpuRounds((n) => {
      for (let i = 0; i < n; i++) visit(depth);
    }, settings);
    return figures.map((figure) => figure / depth);
  },
};

function nestedRun(run, get) {
  return function visit(depth) {
    run(new Request("Ada"), () => {
      keep(get(CurrentUser));
      if (depth > 1) visit(depth - 1);
    });
  };
}

function nestedOpen(open, get, close) {
  return function visit(depth, parent) {
    const scope = open(new Request("Ada"), parent);
    keep(get(scope, CurrentUser));
    if (depth > 1) visit(depth - 1, scope);
    void close(scope);
  };
}
