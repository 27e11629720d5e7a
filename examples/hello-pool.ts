// hello-pool.ts
import { ContextVar } from "ambit";
import { scopedPool } from "ambit/piscina";
import { Piscina } from "piscina";

const user = new ContextVar<string>("user", { travels: true }); // goes along with each task, by its name
const filename = new URL("./hello-pool/worker.js", import.meta.url).href;
const pool = scopedPool(new Piscina({ filename, atomics: "disabled", maxThreads: 1 }));

console.log(await user.run("Ada", () => pool.run("tea", { signal: AbortSignal.timeout(10_000) })));
console.log(await user.run("Bob", () => pool.run("coffee")));
await pool.close(); // waits for tasks; then each worker disposes its thread, and ends
