/** The same with code made at run time, `jitless: false`. */
import { makeContainer } from "./inversify-container.js";

export const title = "inversify, request scope, jit";
export { cannot } from "./inversify.js";

export const make = (services) => makeContainer(services, { jitless: false });
