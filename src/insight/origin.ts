/** Where something was done in the user's code. */
import { framesHere, isNodes, isOwn, packageOf } from "../plan/stack.js";

/** Who called ambit just now: the frames of the user's code and of other packages, the innermost first. */
export function callers(): readonly string[] {
  return framesHere().filter((frame) => !isOwn(frame) && !isNodes(frame));
}

/** The frame that tells most: the user's own, before that of a package. */
export function placeIn(frames: readonly string[]): string | undefined {
  return frames.find((frame) => packageOf(frame) === undefined) ?? frames[0];
}
