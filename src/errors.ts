/** Every error of ambit: its class, its stable code and the text of its messages. */

/** The base of every error that ambit throws. `code` is stable; data fields are not enumerable, so that a log prints no registry. */
export abstract class AmbitError extends Error {
  /** Stable across versions: `ERR_AMBIT_...`. */
  declare readonly code: string;
}
