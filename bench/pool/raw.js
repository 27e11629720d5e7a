/** A task without a scope. */
export default ({ number }) => number + 1;
