/** Who takes part, in the order of the tables. */
export const HAND = ["hand", "hand-als"];

export const AMBIT = ["ambit", "ambit-explicit"];

/** Peers that do the work of a request in about the time that ambit takes: each table has them. */
export const NEAREST = ["inversify", "inversify-jit", "inversify-equal", "injection-js", "ditox", "tsyringe"];

export const PEERS = [
  ...NEAREST,
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
