// Resetting a token puts the old value back, and cleans up what the token had set.
import { ContextVar } from "ambit/context";

class Connection {
  constructor(readonly name: string) {
    console.log(`Opened ${name}`);
  }

  close(): void {
    console.log(`Closed ${this.name}`);
  }
}

const connection = new ContextVar<Connection>("connection", { onReset: (opened) => opened.close() });

function query(sql: string): void {
  console.log(`${connection.get().name}: ${sql}`);
}

const token = connection.set(new Connection("connection-1"));
try {
  query("SELECT 1");
} finally {
  connection.reset(token);
}
console.log("After reset:", connection.get(undefined));

// The same, at the end of a block.
{
  using _ = connection.set(new Connection("connection-2"));
  query("SELECT 2");
}
console.log("After the block:", connection.get(undefined));

// Prints:
// Opened connection-1
// connection-1: SELECT 1
// Closed connection-1
// After reset: undefined
// Opened connection-2
// connection-2: SELECT 2
// Closed connection-2
// After the block: undefined
