/** The tasks of a pool. Needs a build. */
import { threads } from "../pools/kinds.js";
import { describeTasks } from "../pools/tasks.js";

describeTasks(threads);
