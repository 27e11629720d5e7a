/** How the workers of a pool end. Needs a build. */
import { describeEndings } from "../pools/endings.js";
import { threads } from "../pools/kinds.js";

describeEndings(threads);
