// hello.ts
import { setTimeout as pause } from "node:timers/promises";
import { container, contextScoped } from "ambit";
import { Greeter } from "./hello/greeter.js";

let opened = 0;

@contextScoped({ token: "DbConnection" }) // one per request, disposed when the request ends
export class DbConnection {
  readonly number = ++opened;

  async [Symbol.asyncDispose]() {
    console.log(`connection ${this.number} closed`);
  }
}

async function handle(name: string) {
  console.log(container.resolve(Greeter).greet(name));
  await pause(10); // another request runs meanwhile
  console.log(container.resolve(Greeter).greet(name)); // still the same connection
}

await Promise.all([
  container.runInScope(() => handle("Ada")), // two requests at the same time
  container.runInScope(() => handle("Bob")),
]);
