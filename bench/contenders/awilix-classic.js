/** A scope per request; constructors' parameters are found by their names. */
import { asClass } from "awilix";
import { makeContainer } from "./awilix-container.js";

export const title = "awilix, classic";
export { cannot } from "./awilix-container.js";

export const make = (services) => makeContainer(services, "CLASSIC", ({ type }) => asClass(type));
