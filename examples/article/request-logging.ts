// Every line of the log knows its request and its user, and no function is handed either of them.
import { ContextVar, copyContext } from "ambit/context";

const requestId = new ContextVar<string>("request_id");
const userId = new ContextVar<string>("user_id");

function log(message: string): void {
  console.log(`[Request ${requestId.get()}] [User ${userId.get()}] ${message}`);
}

async function processOrder(): Promise<void> {
  log("Processing order");
  await new Promise((resolve) => setTimeout(resolve, 10));
  log("Order processed");
}

async function handleRequest(request: string, user: string): Promise<void> {
  requestId.set(request);
  userId.set(user);
  log("Request started");
  await processOrder();
  log("Request finished");
}

// Both at once, each in a copy of the Context: neither sees what the other one sets.
await Promise.all([
  copyContext().run(handleRequest, "req-001", "user-42"),
  copyContext().run(handleRequest, "req-002", "user-99"),
]);

// Prints:
// [Request req-001] [User user-42] Request started
// [Request req-001] [User user-42] Processing order
// [Request req-002] [User user-99] Request started
// [Request req-002] [User user-99] Processing order
// [Request req-001] [User user-42] Order processed
// [Request req-001] [User user-42] Request finished
// [Request req-002] [User user-99] Order processed
// [Request req-002] [User user-99] Request finished
