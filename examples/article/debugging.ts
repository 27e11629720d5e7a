// How do I debug context variables? Ask for a copy of the Context: it shows what is set here.
import { ContextVar, copyContext } from "ambit/context";

const requestId = new ContextVar<string>("request_id");
const userId = new ContextVar<number>("user_id", { default: 0 });
const password = new ContextVar<string>("password", { secret: true });

requestId.set("req-001");
userId.set(42);

console.log(copyContext());
console.log(userId);

for (const [variable, value] of copyContext()) {
  console.log(variable.name, "=", value);
}

password.set("swordfish");
console.log(copyContext());

// Prints:
// Context(2) { request_id => 'req-001', user_id => 42 }
// ContextVar { name: 'user_id', value: 42, default: 0 }
// request_id = req-001
// user_id = 42
// Context(3) { request_id => 'req-001', user_id => 42, password => [secret] }
