/** How the workers of a pool end. Needs a build. */
import { describeEndings } from "../pools/endings.js";
import { piscina } from "../pools/kinds.js";

describeEndings(piscina);
