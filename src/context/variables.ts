/** The immutable variables of one Context. */
export type Variables = readonly unknown[];
export const NO_VARIABLES: Variables = [];
