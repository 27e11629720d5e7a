/** The kinds of answers that a host can give. */
import { BUFFERED } from "./kinds/buffered.js";
import { BODIES, RAWS, SETTLING } from "./kinds/by-hand.js";
import { FAILURES } from "./kinds/failures.js";
import { STREAMS, WEBS } from "./kinds/streams.js";

export const EVERYWHERE = { ...BUFFERED, ...BODIES, ...FAILURES, ...WEBS };
export const ON_NODE = { ...EVERYWHERE, ...STREAMS, ...RAWS };
export const ON_HTTP = { ...ON_NODE, ...SETTLING };
