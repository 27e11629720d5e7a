// hello-guard.ts
import { Container, Lifecycle } from "ambit";

class DbConnection {
  query = (user: string) => `rows for ${user}`;
}

const container = new Container({ guard: true }); // for development; AMBIT_GUARD=1 is for every container
container.register(DbConnection, DbConnection, { lifecycle: Lifecycle.ContextScoped });

let kept: DbConnection | undefined; // the bug: it remembers the first request's connection

function handle(user: string) {
  kept ??= container.resolve(DbConnection);
  console.log(kept.query(user));
}

await container.runInScope(() => handle("Ada"));
await container.runInScope(() => handle("Bob")).catch(({ message }) => console.log(message.split("\n")[0]));
console.log(container.leaks().misused.map(({ name, count }) => `${name}: refused ${count} time`));
