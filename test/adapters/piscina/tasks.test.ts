/** The tasks of a pool. Needs a build. */
import { piscina } from "../pools/kinds.js";
import { describeTasks } from "../pools/tasks.js";

describeTasks(piscina);
