/** How messages and reports call an object. */

/** The name of the class of `value`, without asking `value` itself, which may have a getter. */
export function classNameOf(value: object): string {
  const { name } = (Object.getPrototypeOf(value) as object | null)?.constructor ?? {};
  return typeof name === "string" && name !== "" ? name : "an object";
}
