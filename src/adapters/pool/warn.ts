/** What is said when there is nobody to throw to. */
import { stackOf } from "../../thrown.js";

/** A process warning. */
export function warn(message: string): void {
  process.emitWarning(message, { type: "AmbitThreadWarning" });
}

/** A process warning of what was thrown. */
export function warnOf(what: string, thrown: unknown): void {
  warn(`${what}: ${stackOf(thrown)}`);
}
