// A thread has a Context of its own: it sees nothing of what the thread that started it has set.
import { once } from "node:events";
import { isMainThread, Worker } from "node:worker_threads";
import { ContextVar } from "ambit/context";

const user = new ContextVar<string>("user");

if (isMainThread) {
  user.set("alice");
  console.log(`Parent set: ${user.get()}`);

  const child = new Worker(new URL(import.meta.url));
  await once(child, "exit");

  console.log(`Parent still has: ${user.get()}`);
} else {
  console.log(`Child sees: ${user.get("nothing")}`);
  user.set("the child's own");
  console.log(`Child set: ${user.get()}`);
}

// Prints:
// Parent set: alice
// Child sees: nothing
// Child set: the child's own
// Parent still has: alice
