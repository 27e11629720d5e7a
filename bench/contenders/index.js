/** Who takes part, in the order of the tables. */
export const HAND = ["hand", "hand-als"];

export const AMBIT = ["ambit", "ambit-explicit"];

/** Those that follow growth and the like: the fastest two, and the two that are used the most. */
export const NEAREST = ["inversify-equal", "injection-js", "tsyringe", "awilix-proxy"];

export const PEERS = [
  "inversify",
  "inversify-jit",
  "inversify-equal",
  "injection-js",
  "ditox",
  "tsyringe",
  "needle-di",
  "typed-inject",
  "awilix-proxy",
  "awilix-classic",
  "brandi",
  "typedi",
  "nest",
  "nestjs-cls",
];

/** @returns {Promise<{ title: string, cannot?: Record<string, string>, words?: string, make: Function }>} */
export const contender = (name) => import(`./${name}.js`);
