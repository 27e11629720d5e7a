/** The words of a ScopeLeakError. */
import { labelOf, ScopeLeakError } from "../errors.js";
import type { Lifespan } from "../scope/lifespan.js";
import type { ScopeLife } from "./scope-life.js";
import { isInside } from "./use.js";

/** A use that is out of place. */
export interface Leak {
  /** To which the instance belongs. */
  readonly scope: Lifespan;
  readonly life: ScopeLife;
  /** The live scope in which it was used; `undefined` when its own has closed. */
  readonly current: Lifespan | undefined;
  readonly currentLife: ScopeLife | undefined;
  /** What was used, and which property of it. */
  readonly name: string;
  readonly key: PropertyKey | undefined;
}

/** The error for it. */
export function leakError(leak: Leak): ScopeLeakError {
  const { scope, life, current, currentLife } = leak;
  const lines = [headline(leak), `  belongs to   ${labelOf(scope.label)}, ${life.history}`];
  if (current !== undefined)
    lines.push(`  used in      ${labelOf(current.label)}, ${currentLife?.history ?? "opened before"}`);
  return new ScopeLeakError(lines.join("\n"), fixFor(leak), {
    scopeId: scope.id,
    openedAt: life.stack,
    currentScopeId: current?.id,
    currentOpenedAt: currentLife?.stack,
  });
}

function headline({ name, key, current }: Leak): string {
  const what = key === undefined ? name : `${name} (${String(key)})`;
  return current === undefined
    ? `Cannot use ${what}: the scope that it belongs to has closed.`
    : `Cannot use ${what}: it belongs to another scope than the current one.`;
}

function fixFor({ name, scope, current }: Leak): string {
  if (current === undefined) {
    return "await what uses it before its scope ends, declare that with scope.hold(promise), or let it have a scope of its own: container.runInScope({ parent: null }, ...).";
  }
  if (isInside(scope, current)) return `use it inside scope.run(() => ...), which makes its scope the current one.`;
  return `do not keep ${name} beyond its scope: take @injectRef(${name}) and call get() each time; a listener that is of its scope is bound to it with bindContext(fn).`;
}
