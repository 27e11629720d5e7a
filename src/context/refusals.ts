/** What context variables refuse, and how to do it instead. Names only: a value may be a secret. */
import { ContextKeyError, ContextLookupError, ContextStateError, ContextTokenError } from "../errors.js";

/** `get` of a variable that has nothing to give. */
export function noValue(name: string): ContextLookupError {
  return new ContextLookupError(
    `Cannot get context variable "${name}": it has no value in this Context, and no default.`,
    `call ${name}.set(value) earlier in this flow, or read it with ${name}.get(fallback).`,
  );
}

/** `Context.at` of a variable that is not set there. */
export function notSet(name: string): ContextKeyError {
  return new ContextKeyError(
    `Context variable "${name}" is not set in this Context.`,
    "use get(variable, fallback), which does not throw; a Context knows no defaults.",
  );
}

/** `set` of a rootless variable outside every `run`. */
export function inTheRoot(name: string): ContextStateError {
  return new ContextStateError(
    `Cannot set context variable "${name}" in the root Context: every flow that did not fork would see its value.`,
    `set it inside copyContext().run(() => ...), or use ${name}.run(value, () => ...).`,
  );
}

/** The sync reset of a variable whose cleanup is async. */
export function needsAwaiting(name: string): ContextStateError {
  return new ContextStateError(
    `Cannot reset context variable "${name}" synchronously: its cleanup has to be awaited.`,
    `await ${name}.resetAsync(token), or declare the token with "await using".`,
  );
}

/** A token that was reset before. */
export function usedTwice(name: string): ContextStateError {
  return new ContextStateError(`Cannot reset context variable "${name}": this token has been used once already.`);
}

/** A token of `other`. */
export function ofAnotherVariable(name: string, other: string): ContextTokenError {
  return new ContextTokenError(
    `Cannot reset context variable "${name}" with a token of another variable, "${other}".`,
    "give each variable the token that its own set returned.",
  );
}

/** A token in a flow that does not share the Context in which it was made. */
export function ofAnotherContext(name: string): ContextTokenError {
  return new ContextTokenError(
    `Cannot reset context variable "${name}": this token was made in another Context.`,
    "reset it in the flow that called set; what runs in a copy has a Context of its own.",
  );
}

/** `Context.run` where the Context is in force already. */
export function alreadyEntered(): ContextStateError {
  return new ContextStateError(
    "Cannot enter this Context: its caller, or code further down the call stack, runs in it already.",
    "run the work in a copy: context.copy().run(fn).",
  );
}
