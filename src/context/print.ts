/** How `console.log` and JSON show Contexts, variables and tokens. */
import { type InspectOptionsStylized, inspect } from "node:util";

/** Text that is printed without quotes: a variable's name, or what stands for a secret. */
export class Word {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** @internal */
  [inspect.custom](_depth: number, { stylize }: InspectOptionsStylized): string {
    return stylize(this.#text, "special");
  }

  /** @internal */
  toJSON(): string {
    return this.#text;
  }
}

const SECRET = new Word("[secret]");

/** What may be seen of a value of `variable`. */
export function visible(variable: { readonly secret: boolean }, value: unknown): unknown {
  return variable.secret ? SECRET : value;
}

/** `headline { ... }`, with the fields of an object or the entries of a Map; `depth` is how deep one may still go. */
export function printed(headline: string, content: object, depth: number, options: InspectOptionsStylized): string {
  if (depth < 0) return options.stylize(`[${headline}]`, "special");
  const body = inspect(content, { ...options, depth });
  return `${headline} ${body.replace(/^Map\(\d+\) /, "")}`;
}
