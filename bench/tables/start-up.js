/** A program with a thousand classes, each with up to two dependencies, from nothing. */
import { cpuOf } from "../clock.js";
import { AMBIT, contender, PEERS } from "../contenders/index.js";
import { Request } from "../graph.js";
import { classes } from "../services.js";
import { keep } from "./common.js";

const CLASSES = 1_000;
const NO_NAMES = ["inversify", "ambit-explicit", "inversify-equal", "nestjs-cls", "typed-inject"];

export default {
  title: "Start-up: 1,000 classes",
  unit: "CPU µs",
  columns: { register: "registering", resolve: "first resolve of each" },
  rows: ["hand", ...[...AMBIT, ...PEERS].filter((name) => !NO_NAMES.includes(name))],
  titles: { hand: "by hand: constructing and storing each in a Map" },
  base: "hand",
  together: true,
  rounds: 1,
  turns: (turns) => (turns > 1 ? 7 : 1),
  note: "One figure per process: nothing is warm but the classes, each of which has been constructed before. Decorating is part of registering.",

  async measure(row) {
    const services = classes(CLASSES, "singleton", (made, index) => dependenciesOf(made, index));
    for (const { type } of services) keep(new type());
    if (row === "hand") return byHand(services);
    const { make } = await contender(row);
    let api;
    const register = await cpuOf(async () => {
      api = await make(services);
    });
    const scope = api.open?.(new Request("Ada"));
    const { get } = api;
    const work = () => {
      for (const { type } of services) keep(scope ? get(scope, type) : get(type));
    };
    const resolve = await cpuOf(api.run ? () => api.run(new Request("Ada"), work) : work);
    return { register: [register / 1000], resolve: [resolve / 1000] };
  },
};

function dependenciesOf(made, index) {
  return index === 0 ? [] : [...new Set([made[index - 1], made[index >> 1]])].filter(Boolean);
}

async function byHand(services) {
  const instances = new Map();
  const taken = await cpuOf(() => {
    for (const { type, deps } of services) instances.set(type, new type(...deps.map((dep) => instances.get(dep))));
  });
  return { register: [taken / 1000], resolve: [taken / 1000] };
}
