/** On which lines of Node a test runs. */

/**
 * Whether the build is tested on a line of Node of its own, as `npm run test:nodes` does it. What takes long and is the
 * same on each has run on the first one.
 */
export const isOtherLine = process.env.AMBIT_DIST === "1";
