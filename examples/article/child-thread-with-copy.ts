// A thread that is handed a copy of the Context sees what was set there, if it travels; what it sets stays in the copy.
import { isMainThread, Worker } from "node:worker_threads";
import { container } from "ambit";
import { ContextVar } from "ambit/context";
import { scopedWorker } from "ambit/threads";
import { scopePerTask } from "ambit/worker";

const user = new ContextVar<string>("user", { travels: true });
const password = new ContextVar<string>("password");

// In the child: each task runs in a copy of the Context in which it was given.
scopePerTask(container, (): string => {
  const seen = `Child sees: ${user.get("nothing")}, ${password.get("nothing")}`;
  user.set("the child's own");
  return seen;
});

// In the parent.
if (isMainThread) {
  user.set("alice");
  password.set("swordfish");
  console.log(`Parent set: ${user.get()}, ${password.get()}`);

  await using child = scopedWorker(new Worker(new URL(import.meta.url)));
  console.log(await child.run(undefined));
  console.log(await user.run("bob", () => child.run(undefined)));

  console.log(`Parent still has: ${user.get()}, ${password.get()}`);
}

// Prints:
// Parent set: alice, swordfish
// Child sees: alice, nothing
// Child sees: bob, nothing
// Parent still has: alice, swordfish
