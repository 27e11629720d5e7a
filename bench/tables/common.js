/** What the tables of contenders share. */
import { contender } from "../contenders/index.js";
import { graph } from "../services.js";

/** The api of a contender with these services. */
export async function apiOf(name, services = graph) {
  return (await contender(name)).make(services);
}

let last;

/** Keeps an instance, so that no compiler may leave out its making. */
export function keep(instance) {
  last = instance;
  return last;
}
