/** What every contender registers: the services of graph.js, and unrelated or additional ones that tables ask for. */
import { compileFunction } from "node:vm";
import {
  AuditLog,
  Clock,
  Config,
  Controller,
  CurrentUser,
  Mapper,
  Pool,
  Preferences,
  Repository,
  Request,
  Transaction,
} from "./graph.js";

/**
 * @typedef {object} Service
 * @property {string} name as in the parameters of the constructors, for containers that go by it
 * @property {Function} type
 * @property {Function[]} deps
 * @property {"singleton" | "scoped" | "transient"} lifetime
 */

/** The request is no service: each scope is given its own. */
export const REQUEST = "request";

/** @type {Service[]} */
export const graph = [
  { name: "config", type: Config, deps: [], lifetime: "singleton" },
  { name: "clock", type: Clock, deps: [Config], lifetime: "singleton" },
  { name: "pool", type: Pool, deps: [Config], lifetime: "singleton" },
  { name: "user", type: CurrentUser, deps: [Request], lifetime: "scoped" },
  { name: "transaction", type: Transaction, deps: [Pool], lifetime: "scoped" },
  { name: "audit", type: AuditLog, deps: [CurrentUser, Transaction], lifetime: "scoped" },
  { name: "preferences", type: Preferences, deps: [CurrentUser, Config], lifetime: "scoped" },
  { name: "repository", type: Repository, deps: [Transaction, Clock], lifetime: "transient" },
  { name: "mapper", type: Mapper, deps: [Config], lifetime: "transient" },
  {
    name: "controller",
    type: Controller,
    deps: [Repository, CurrentUser, AuditLog, Preferences, Mapper],
    lifetime: "transient",
  },
];

/** That many classes of a lifetime that nobody asks for unless a table does; `depsOf` gives what each takes. */
export function classes(count, lifetime, depsOf = (_made, _index) => []) {
  const made = [];
  for (let index = 0; index < count; index++) {
    const deps = depsOf(made, index);
    const name = `${lifetime}${index}`;
    made.push({ name, type: classOf(name, deps), deps: deps.map(({ type }) => type), lifetime });
  }
  return made;
}

/** Source text, as if somebody had written the class: engines treat a class made in a loop as one. */
function classOf(name, deps) {
  const parameters = deps.map((dep) => dep.name);
  const fields = parameters.map((parameter) => `this.${parameter} = ${parameter};`);
  return compileFunction(`return class ${capital(name)} { constructor(${parameters}) { ${fields.join(" ")} } }`)();
}

/**
 * A factory as somebody would write it for this service, for containers that take functions.
 *
 *     written(service, (dep) => `from.get(${dep})`)      // (from) => new AuditLog(from.get(CurrentUser), …)
 *
 * @param {Service} service
 * @param {(dep: string, type: Function) => string} take source text that gets a dependency; `dep` is its token in there
 * @param {(type: Function) => unknown} tokenOf
 */
export function written({ type, deps }, take, tokenOf = (type) => type) {
  const taken = deps.map((dep, index) => take(`token${index}`, dep));
  const tokens = deps.map((_, index) => `token${index}`);
  const source = `return function make${type.name}(from) { return new Type(${taken.join(", ")}); }`;
  return compileFunction(source, ["Type", ...tokens])(type, ...deps.map(tokenOf));
}

const capital = (name) => name[0].toUpperCase() + name.slice(1);
