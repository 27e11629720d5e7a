// hello-pool/worker.ts
import { ContextVar, container, threadScoped } from "ambit";
import { scopePerTask } from "ambit/worker";

const user = new ContextVar<string>("user", { travels: true });

@threadScoped() // one per worker thread
class DbConnection {
  queries = 0;
  async [Symbol.asyncDispose]() {
    console.log("connection closed");
  }
}

export default scopePerTask(container, (product: string, scope) => {
  const db = scope.resolve(DbConnection);
  return `${product} for ${user.get()}, query ${++db.queries} on the worker's connection`;
});
