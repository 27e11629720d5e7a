/** Context variables in the most naive way: a Context is a Map that is handed on by hand, and copied whole. */
import type { Context, ContextToken, ContextVar } from "ambit/context";

export class ModelContext {
  readonly values: Map<Variable, unknown>;

  constructor(values: Iterable<readonly [Variable, unknown]> = []) {
    this.values = new Map(values);
  }

  copy(): ModelContext {
    return new ModelContext(this.values);
  }

  with(variable: Variable, value: unknown): ModelContext {
    return new ModelContext(new Map(this.values).set(variable, value));
  }

  /** Variables and values in turn. */
  get list(): unknown[] {
    return [...this.values].flatMap(([{ real }, value]) => [real, value]);
  }
}

export interface Variable {
  readonly real: ContextVar<unknown>;
  readonly cleanup: "none" | "sync" | "async";
}

export interface Token {
  readonly variable: Variable;
  readonly context: ModelContext;
  readonly old: { readonly value: unknown } | undefined;
  readonly value: unknown;
  readonly real: ContextToken<unknown>;
  used: boolean;
}

/** A Context that steps can come back to: with its `run`, or through a function that was bound in it. */
export interface Place {
  readonly model: ModelContext;
  readonly real?: Context;
  readonly bound?: (fn: () => unknown) => unknown;
}

/** Where a flow is: its Context, and those of its callers while it has not awaited. */
export interface Position {
  readonly context: ModelContext;
  callers: readonly ModelContext[];
}

export function isEntered(context: ModelContext, { context: own, callers }: Position): boolean {
  return context === own || callers.includes(context);
}

/** What a reset must answer; "done" changes the model. */
export function reset(token: Token, by: Variable, context: ModelContext, how: "sync" | "async"): string {
  if (token.used) return "ERR_AMBIT_CONTEXT_STATE";
  if (how === "sync" && by.cleanup === "async") return "ERR_AMBIT_CONTEXT_STATE";
  if (token.variable !== by || token.context !== context) return "ERR_AMBIT_CONTEXT_TOKEN";
  token.used = true;
  if (token.old) context.values.set(by, token.old.value);
  else context.values.delete(by);
  return "done";
}

/** What a call did: "done", or the code of its error. */
export function answerOf(fn: () => unknown): unknown {
  try {
    fn();
    return "done";
  } catch (error) {
    return codeOf(error);
  }
}

export function codeOf(error: unknown): unknown {
  return (error as { code?: unknown }).code ?? error;
}

/** @throws Error unless both hold the same things in the same order */
export function agree(what: string, real: readonly unknown[], model: readonly unknown[]): void {
  if (real.length === model.length && real.every((item, i) => Object.is(item, model[i]))) return;
  throw new Error(`${what}: ${real.map(String).join(", ")} and in the model ${model.map(String).join(", ")}`);
}
