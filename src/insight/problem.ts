/** What is wrong with the registrations of a container, or could not be seen. */
import { type AmbitError, type PathStep, partsOf, withoutFrames } from "../errors.js";

const KINDS = {
  ERR_AMBIT_UNREGISTERED: "unregistered",
  ERR_AMBIT_CAPTIVE: "captive",
  ERR_AMBIT_CYCLE: "cycle",
  ERR_AMBIT_MISSING_TYPE_INFO: "missing-type-info",
  ERR_AMBIT_ASYNC: "async",
} as const;

/** What a `Problem` is about; "unseen" is what could not be looked into, "registration" all that a provider cannot do. */
export type ProblemKind = (typeof KINDS)[keyof typeof KINDS] | "registration" | "unseen";

/** One thing that `resolve` would refuse, or, as a note, one that nobody can know before it runs. */
export interface Problem {
  readonly kind: ProblemKind;
  /** Notes do not fail `validate()`. */
  readonly severity: "error" | "note";
  /** The code of the error that `resolve` would throw: `ERR_AMBIT_...`; a note has none. */
  readonly code: string | undefined;
  /** The kind and the names on the path: the same in every run, so that it can be kept in a file. */
  readonly id: string;
  readonly message: string;
  /** From the holder down to what it cannot have. */
  readonly path: readonly PathStep[];
  /** What to write instead. */
  readonly fix: string | undefined;
  /** What `resolve` would throw; a note has none. Not part of the JSON. */
  readonly error: AmbitError | undefined;
  /** Everything that there is to say, in lines. */
  toString(): string;
}

/** A refusal as a problem. */
export function problemOf(error: AmbitError): Problem {
  const { code, path } = error;
  const kind = KINDS[code as keyof typeof KINDS] ?? "registration";
  const text = `${error.constructor.name} [${code}]: ${error.message}`;
  return new Found({ kind, severity: "error", code, path, ...partsOf(error) }, text, withoutFrames(error));
}

/** Something that could not be seen. */
export function noteOf(step: PathStep, message: string, fix: string): Problem {
  const said = { kind: "unseen", severity: "note", code: undefined, path: [step], message, fix } as const;
  return new Found(said, `${message}\nFix: ${fix}`, undefined);
}

type Said = Omit<Problem, "id" | "error" | "toString">;

class Found implements Problem {
  declare readonly kind: ProblemKind;
  declare readonly severity: "error" | "note";
  declare readonly code: string | undefined;
  declare readonly message: string;
  declare readonly path: readonly PathStep[];
  declare readonly fix: string | undefined;
  readonly id: string;
  readonly #text: string;
  readonly #error: AmbitError | undefined;

  constructor(said: Said, text: string, error: AmbitError | undefined) {
    Object.assign(this, said);
    this.id = `${said.kind}: ${said.path.map(({ name }) => name).join(" -> ")}`;
    this.#text = text;
    this.#error = error;
  }

  get error(): AmbitError | undefined {
    return this.#error;
  }

  toString(): string {
    return this.#text;
  }
}
