/**
 * What it costs a singleton to reach the instance of the current scope: `npm run bench:stand-in`.
 *
 * A ref and a stand-in, for a method call and a property, take turns in one process; figures are CPU nanoseconds, the
 * least of all rounds, as the rest is other programs' doing.
 */
import { Container, dep, Lifecycle } from "./ambit.js";

class User {
  #name = "Ada";
  id = 1;
  name() {
    return this.#name;
  }
}
class Holder {
  constructor(user) {
    this.user = user;
  }
}

const singleton = { lifecycle: Lifecycle.Singleton };
const container = new Container()
  .register(User, { useClass: User }, { lifecycle: Lifecycle.ContextScoped })
  .register("with a ref", { useClass: Holder, deps: [dep.ref(User)] }, singleton)
  .register("with a stand-in", { useClass: Holder, deps: [dep.proxy(User)] }, singleton);
const [ref, standIn] = ["with a ref", "with a stand-in"].map((token) => container.resolve(token));

const CONTENDERS = {
  "method, ref": () => ref.user.get().name(),
  "method, stand-in": () => standIn.user.name(),
  "property, ref": () => ref.user.get().id,
  "property, stand-in": () => standIn.user.id,
};
const ROUNDS = 25;
const CALLS = 300_000;

console.log(`Node ${process.version}: CPU ns, the least of ${ROUNDS} rounds`);
container.runInScopeSync(() => {
  const least = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, call] of Object.entries(CONTENDERS)) {
      least.set(name, Math.min(least.get(name) ?? Number.POSITIVE_INFINITY, measure(call)));
    }
  }
  for (const [name, nanoseconds] of least) console.log(`  ${name.padEnd(20)}${nanoseconds.toFixed(1).padStart(6)}`);
});

function measure(call) {
  const start = process.cpuUsage();
  let found = 0;
  for (let n = 0; n < CALLS; n++) if (call() !== undefined) found++;
  if (found !== CALLS) throw new Error("there was no user");
  return (process.cpuUsage(start).user * 1000) / CALLS;
}
