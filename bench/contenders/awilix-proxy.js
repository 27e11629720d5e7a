/** A scope per request; factories take the cradle apart. */
import { asFunction } from "awilix";
import { written } from "../services.js";
import { makeContainer } from "./awilix-container.js";

export const title = "awilix, proxy";
export { cannot } from "./awilix-container.js";

export const make = (services) => makeContainer(services, "PROXY", factoryOf);

function factoryOf(service, nameOf) {
  return asFunction(written(service, (_dep, type) => `from.${nameOf(type)}`));
}
