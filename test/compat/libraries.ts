/** tsyringe and ambit side by side: what a tsyringe program uses of either. */
import * as ambit from "ambit";
import * as tsyringe from "tsyringe";

/** What both export; ambit's wider types are looked at elsewhere. */
export type Library = typeof tsyringe;

/** For `describe.each`: the same cases against both. */
export const libraries: [name: string, library: Library][] = [
  ["tsyringe", tsyringe],
  ["ambit", ambit as unknown as Library],
];

/** Forgets what both global containers have registered: ambit's also finds what only tsyringe's knows. */
export function resetBoth(): void {
  for (const [, { container }] of libraries) container.reset();
}

/**
 * Matches a message that begins with these sentences of tsyringe's, line by line. In tsyringe they are the whole message;
 * ambit adds to the last one, and lines below: the path and a fix.
 */
export function says(name: string, sentences: readonly string[]): RegExp {
  const text = sentences.join("\n").replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(name === "tsyringe" ? `^${text}$` : `^${text}`);
}

/** What `fn` throws; `undefined` when it does not. */
export function thrownBy(fn: () => unknown): Error | undefined {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  return undefined;
}
