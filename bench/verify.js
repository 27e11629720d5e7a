/**
 * Verifies one contender, in a process of its own: the checks ask for much that a measured request does not, and engines
 * optimise for what they have seen.
 *
 *     node verify.js tsyringe
 *
 * The last line that it prints is JSON: `{ title, words }`, what it is called in tables and what it cannot do.
 */
import { check } from "./check.js";
import { contender } from "./contenders/index.js";
import { graph } from "./services.js";

const module = await contender(process.argv[2]);
await check(module, await module.make(graph));
const { title, cannot = {}, words = [] } = module;
const shown = { title, words: [...new Set([...Object.values(cannot), words].flat())] };
process.stdout.write(`\n${JSON.stringify(shown)}\n`, () => process.exit());
