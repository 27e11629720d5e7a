// hello-context.ts
import { ContextVar, copyContext } from "ambit/context";

const requestId = new ContextVar<string>("request_id", { default: "-" });
const log = (line: string) => console.log(`[${requestId.get()}] ${line}`);

await copyContext().run(async () => {
  requestId.set("req-1"); // seen by everything that this calls and awaits
  await Promise.resolve();
  log("begins");
  console.log(copyContext());
});
log("outside");
