/** A scope that is opened with its request and closed again, and nothing else. */
import { cpuRounds } from "../clock.js";
import { AMBIT, PEERS } from "../contenders/index.js";
import { Request } from "../graph.js";
import { apiOf, keep } from "./common.js";

const SCOPELESS = ["inversify", "inversify-jit", "awilix-classic", "typed-inject", "nest", "nestjs-cls"];

export default {
  title: "Opening and closing a scope",
  unit: "CPU ns",
  columns: { empty: "nothing resolved" },
  rows: ["hand-als", ...AMBIT, ...PEERS.filter((name) => !SCOPELESS.includes(name))],
  base: "hand-als",
  note: "By hand it is AsyncLocalStorage.run of a function that does nothing. The others have no scope that opens and closes synchronously.",

  async measure(row, _column, settings) {
    const api = await apiOf(row);
    return cpuRounds(api.run ? following(api) : passedAlong(api), settings);
  },
};

const nothing = () => undefined;

function following({ run }) {
  return (n) => {
    for (let i = 0; i < n; i++) run(new Request("Ada"), nothing);
  };
}

function passedAlong({ open, close }) {
  return (n) => {
    for (let i = 0; i < n; i++) void close(keep(open(new Request("Ada"))));
  };
}
