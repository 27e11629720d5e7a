/** The same task in a scope of its own. */
import { ambit, Container } from "../ambit.js";
import { variables } from "./variables.js";

const { scopePerTask } = await ambit("adapters/worker/index.js");

export default scopePerTask(new Container(), ({ number }) => number + variables.length - 49);
