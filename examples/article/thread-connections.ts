// A connection for each thread: opened when the thread first asks for one, its own from then on, closed when it ends.
import { isMainThread, threadId, Worker } from "node:worker_threads";
import { container, threadScoped } from "ambit";
import { scopedWorker } from "ambit/threads";
import { scopePerTask } from "ambit/worker";

@threadScoped()
class Connection {
  readonly number = threadId;
  queries = 0;

  query(sql: string): string {
    return `connection ${this.number}, query ${++this.queries}: ${sql}`;
  }

  [Symbol.dispose](): void {
    console.log(`Closed connection ${this.number}`);
  }
}

// In a worker.
scopePerTask(container, (sql: string, scope) => `Thread ${threadId} on ${scope.resolve(Connection).query(sql)}`);

// In the main thread.
if (isMainThread) {
  const threads = [1, 2, 3].map(() => scopedWorker(new Worker(new URL(import.meta.url))));
  for (const sql of ["SELECT 'a'", "SELECT 'b'"]) {
    const answers = await Promise.all(threads.map((thread) => thread.run(sql)));
    for (const answer of answers) console.log(answer);
  }
  for (const thread of threads) await thread.close();
}

// Prints:
// Thread 1 on connection 1, query 1: SELECT 'a'
// Thread 2 on connection 2, query 1: SELECT 'a'
// Thread 3 on connection 3, query 1: SELECT 'a'
// Thread 1 on connection 1, query 2: SELECT 'b'
// Thread 2 on connection 2, query 2: SELECT 'b'
// Thread 3 on connection 3, query 2: SELECT 'b'
// Closed connection 1
// Closed connection 2
// Closed connection 3
