/** What is said when there is nobody to throw to. */

/** A process warning. */
export function warn(message: string): void {
  process.emitWarning(message, { type: "AmbitThreadWarning" });
}
