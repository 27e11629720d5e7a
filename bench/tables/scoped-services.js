/** Requests that need more and more scoped services. */
import { cpuRounds } from "../clock.js";
import { AMBIT, NEAREST } from "../contenders/index.js";
import { Request } from "../graph.js";
import { classes } from "../services.js";
import { apiOf, keep } from "./common.js";

const SHAPES = {
  chain: (made) => made.slice(-1),
  fan: (made, index, count) => (index === count - 1 ? made.slice() : []),
};

export default {
  title: "One request, by the number of its scoped services",
  unit: "CPU ns for each service",
  columns: {
    "chain 10": "chain of 10",
    "chain 50": "50",
    "chain 200": "200",
    "fan 10": "fan of 10",
    "fan 50": "50",
    "fan 200": "200",
  },
  rows: ["hand", ...AMBIT, "inversify-jit", ...NEAREST.filter((name) => name !== "injection-js")],
  titles: { hand: "by hand, into a Map" },
  base: "hand",
  note: "In a chain each holds the one before, in a fan the last holds all others.",

  async measure(row, column, settings) {
    const [shape, count] = column.split(" ");
    const services = classes(Number(count), "scoped", (made, index) => SHAPES[shape](made, index, Number(count)));
    const api = row === "hand" ? byHand(services) : await apiOf(row, services);
    const figures = await cpuRounds(requestFor(api, services.at(-1).type), settings);
    return figures.map((figure) => figure / Number(count));
  },
};

function byHand(services) {
  return {
    open: () => new Map(),
    close: () => undefined,
    get(scope, wanted) {
      for (const { type, deps } of services) scope.set(type, new type(...deps.map((dep) => scope.get(dep))));
      return scope.get(wanted);
    },
  };
}

function requestFor({ run, open, get, close }, type) {
  const work = () => keep(get(type));
  if (run) {
    return (n) => {
      for (let i = 0; i < n; i++) run(new Request("Ada"), work);
    };
  }
  return (n) => {
    for (let i = 0; i < n; i++) {
      const scope = open(new Request("Ada"));
      keep(get(scope, type));
      void close(scope);
    }
  };
}
