/** The tasks of a pool. Needs a build. */
import { tinypool } from "../pools/kinds.js";
import { describeTasks } from "../pools/tasks.js";

describeTasks(tinypool);
