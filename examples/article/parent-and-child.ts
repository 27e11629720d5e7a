// What a parent sets is lost in work that starts from an empty Context, and kept in work that runs in a copy.
import { Context, ContextVar, copyContext } from "ambit/context";

const user = new ContextVar<string>("user");

function child(): void {
  console.log(`Child sees: ${user.get("nothing")}`);
  user.set("the child's own");
}

user.set("alice");
console.log(`Parent set: ${user.get()}`);

new Context().run(child);
copyContext().run(child);

console.log(`Parent still has: ${user.get()}`);

// Prints:
// Parent set: alice
// Child sees: nothing
// Child sees: alice
// Parent still has: alice
