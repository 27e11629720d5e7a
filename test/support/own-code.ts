/**
 * Loaded before every test file. `AMBIT_OWN_CODE=always` has each class built by code of its own from the first instance
 * on, `AMBIT_OWN_CODE=never` none: what is promised holds either way. Without it the shipped default is tested.
 */
const wanted = process.env.AMBIT_OWN_CODE;
if (wanted !== undefined) {
  const { ownCode } = await import("#src/plan/own-code.js");
  ownCode.after = wanted === "always" ? 0 : Number.POSITIVE_INFINITY;
}
