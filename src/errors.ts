/** Every error of ambit: its class, its stable code and the text of its messages. */
import { messageOf } from "./thrown.js";

/** One line of an error's path: what was asked for, how long it lives, and where its holder asks for it. */
export interface PathStep {
  readonly name: string;
  /** In prose: "singleton", "context-scoped". */
  readonly lifetime: string;
  /** `parameter #0 (tx)`, or how else it was asked for; absent for the first step. */
  readonly via?: string | undefined;
}

/** What an error is made of; `message` is its first sentence, the path and the fix become further lines. */
export interface ErrorDetails {
  readonly message: string;
  readonly path?: readonly PathStep[] | undefined;
  readonly fix?: string | undefined;
  readonly cause?: unknown;
  /**
   * tsyringe's sentences ("Cannot inject the dependency ..."), outermost first; they go around the message. There is one
   * for each holder on the path, and none where tsyringe says nothing of a holder.
   */
  readonly sentences?: readonly (string | undefined)[] | undefined;
}

const BRAND = Symbol.for("ambit.error");
const DETAILS = Symbol("details");

/**
 * The base of every error that ambit throws: `instanceof AmbitError` holds for all of them, the aggregates included.
 *
 * Data fields are not enumerable, so that an error in a log prints neither the registry nor a user's seeds.
 */
export abstract class AmbitError extends Error {
  /** Stable across versions: `ERR_AMBIT_...`. */
  declare readonly code: string;
  /** From what was asked for down to what failed; empty where no graph is involved. */
  declare readonly path: readonly PathStep[];

  constructor(code: string, details: ErrorDetails) {
    super(textOf(details), causeOf(details));
    brand(this, code, details);
  }

  /** Where its code is explained, with a program that provokes it: a section of a file in this package. */
  get help(): string {
    return helpFor(this.code);
  }

  /** Whether `value` is such an error. For `AmbitError` itself that includes `DisposalError` and `ValidationError`. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== (AmbitError as unknown)) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && BRAND in value;
  }
}

/** Several errors at once; the base of `DisposalError` and `ValidationError`. `instanceof AmbitError` holds for it too. */
abstract class AmbitAggregateError extends AggregateError {
  declare readonly code: string;

  constructor(code: string, errors: readonly unknown[], details: ErrorDetails) {
    super(errors, textOf(details), causeOf(details));
    brand(this, code, details);
  }

  /** Where its code is explained, with a program that provokes it: a section of a file in this package. */
  get help(): string {
    return helpFor(this.code);
  }
}

// Not every error is at hand where somebody asks what it would be: their prototypes answer as they do.
for (const { prototype } of [AmbitError, AmbitAggregateError]) Object.defineProperty(prototype, BRAND, { value: true });

function helpFor(code: string): string {
  return `ambit/docs/errors.md#${code.toLowerCase()}`;
}

/** Puts the code into the headline and the data where no logger prints them. */
function brand(error: Error, code: string, details: ErrorDetails): void {
  const { name } = error.constructor;
  hide(error, { [BRAND]: true, [DETAILS]: details, code, path: details.path ?? [], name: `${name} [${code}]` });
  Error.captureStackTrace(error, error.constructor);
  // Reading the stack fixes its headline, while the name has the code in it.
  hide(error, { stack: error.stack, name });
}

function hide(error: Error, data: Record<string | symbol, unknown>): void {
  for (const key of Reflect.ownKeys(data)) {
    Object.defineProperty(error, key, { value: data[key], writable: true, configurable: true, enumerable: false });
  }
}

/**
 * Adds the holder of what failed to an error: a step to its path, one of tsyringe's sentences to its text.
 *
 * @param via how the holder asks for what is first on the path now
 */
export function addHolder(error: AmbitError, holder: PathStep, via: string | undefined, sentence?: string): void {
  const before = (error as unknown as { [DETAILS]: ErrorDetails })[DETAILS];
  const [first, ...rest] = before.path ?? [];
  const path = first === undefined ? [holder] : [holder, { ...first, via }, ...rest];
  const after = { ...before, path, sentences: [sentence, ...(before.sentences ?? [])] };
  change(error, error instanceof CyclicDependencyError ? onceRound(after) : after);
}

/**
 * Tells a circle that its path has closed: once, from where it was entered, however often it was gone round before
 * somebody noticed.
 */
function onceRound(details: ErrorDetails): ErrorDetails {
  const { path = [], sentences = [] } = details;
  const names = path.map(({ name }) => name);
  const start = names.lastIndexOf(names.at(-1) as string, -2);
  if (start < 0) return details;
  if (start > 0 && names[start - 1] === names.at(-2)) {
    return onceRound({ ...details, path: path.slice(0, -1), sentences: sentences.slice(0, -1) });
  }
  return { ...details, message: circleText(names.slice(start)) };
}

function circleText(names: readonly string[]): string {
  return `Cannot build ${names[0]}: it needs itself (${names.join(" -> ")}).`;
}

/** What is said of an error beside its path: the sentence that says what went wrong, and the fix. */
export function partsOf(error: AmbitError): { readonly message: string; readonly fix: string | undefined } {
  const { message, fix } = (error as unknown as { [DETAILS]: ErrorDetails })[DETAILS];
  return { message, fix };
}

/** Takes the frames off an error that nobody threw: they show who looked, not what is wrong. */
export function withoutFrames<E extends AmbitError>(error: E): E {
  hide(error, { stack: `${error.name} [${error.code}]: ${error.message}` });
  return error;
}

/** Begins the path of an error that has none: with what failed. */
export function beginPath(error: AmbitError, failed: PathStep): void {
  const before = (error as unknown as { [DETAILS]: ErrorDetails })[DETAILS];
  if (before.path === undefined || before.path.length === 0) change(error, { ...before, path: [failed] });
}

/** Makes an error of ambit's that came from another thread one again, of the class with this prototype. */
export function recognise(error: Error, prototype: Error | undefined): void {
  const { message } = error;
  if (prototype !== undefined) Object.setPrototypeOf(error, prototype);
  // Its text has all that was said, the path included: holders in this thread go around it.
  hide(error, { [BRAND]: true, [DETAILS]: { message } });
}

/** Another error like this one, whose path grows on its own. */
export function copyOf<E extends AmbitError>(error: E): E {
  const copy = Object.setPrototypeOf(new Error(), Object.getPrototypeOf(error)) as E;
  return Object.defineProperties(copy, Object.getOwnPropertyDescriptors(error));
}

function change(error: AmbitError, details: ErrorDetails): void {
  if (Object.isFrozen(error)) return;
  const message = textOf(details);
  const stack = error.stack?.replace(error.message, () => message);
  hide(error, { [DETAILS]: details, path: details.path ?? [], message, stack });
}

function textOf({ message, path = [], fix, sentences = [] }: ErrorDetails): string {
  const said = sentences.filter((sentence) => sentence !== undefined);
  const lines = [...said, message].map((line, depth) => indent(line, depth));
  if (path.length > 1) lines.push(...tableOf(path));
  if (fix !== undefined) lines.push(`Fix: ${fix}`);
  return lines.join("\n");
}

function indent(text: string, depth: number): string {
  const margin = "    ".repeat(depth);
  return text.replaceAll(/^/gm, margin);
}

function tableOf(path: readonly PathStep[]): string[] {
  const width = (column: "name" | "lifetime") => Math.max(...path.map((step) => step[column].length));
  const [names, lifetimes] = [width("name"), width("lifetime")];
  return path.map(({ name, lifetime, via = "" }) =>
    `  ${name.padEnd(names)}   ${lifetime.padEnd(lifetimes)}   ${via}`.trimEnd(),
  );
}

function causeOf({ cause }: ErrorDetails): ErrorOptions | undefined {
  return cause === undefined ? undefined : { cause };
}

// What cannot be built

/** A token that no registration, seed or class answers. */
export class UnregisteredTokenError extends AmbitError {
  private constructor(message: string, fix: string) {
    super("ERR_AMBIT_UNREGISTERED", { message, fix });
  }

  /** Nothing answers the token. @param name the token in a call of `register` */
  static of(token: string, name: string): UnregisteredTokenError {
    return new UnregisteredTokenError(
      `Attempted to resolve unregistered dependency token: "${token}"`,
      `container.register(${name}, { useClass: ... }), or give it as a seed when the scope opens.`,
    );
  }

  /** Something that cannot be asked for: a number, an object. */
  static notAToken(name: string): UnregisteredTokenError {
    return new UnregisteredTokenError(
      `Cannot resolve ${name}: it is not a token.`,
      "ask for a class, a string, a symbol, a token<T>(), or delay(() => TheClass).",
    );
  }

  /** A seed that nobody gave to this scope, or to one around it. */
  static notSeeded(name: string): UnregisteredTokenError {
    return new UnregisteredTokenError(
      `Cannot resolve ${name}: it is given when a scope opens, and neither this scope nor one around it was given it.`,
      `container.runInScope({ seeds: [[${name}, value]] }, ...), or scope.seed(${name}, value) before it is asked for.`,
    );
  }
}

/** A class whose constructor takes parameters that nothing describes. */
export class MissingTypeInfoError extends AmbitError {
  private constructor(message: string, fix: string, sentences?: readonly string[]) {
    super("ERR_AMBIT_MISSING_TYPE_INFO", { message, fix, sentences });
  }

  /** Nothing says what to pass. @param parameter the position without a type; `undefined` when the whole constructor is unknown */
  static of(className: string, parameter: number | undefined): MissingTypeInfoError {
    const which = parameter === undefined ? "" : `: nothing says what to inject as parameter #${parameter}.`;
    // The compiler says nothing at all of a class that has no decorator.
    const decorate = ` With emitDecoratorMetadata, @injectable() on ${className} does it, too.`;
    const fix = fixFor(className) + (parameter === undefined ? decorate : "");
    return new MissingTypeInfoError(`TypeInfo not known for "${className}"${which}`, fix);
  }

  /** The emitted type of a parameter is no class: `Object` for an interface, `String`. The sentences are tsyringe's. */
  static saysNothing(type: string, parameter: number, className: string, sentence: string): MissingTypeInfoError {
    return new MissingTypeInfoError(
      `TypeInfo not known for "${type}": it does not say what to inject as parameter #${parameter} of ${className}.`,
      fixFor(className),
      [sentence],
    );
  }

  /** A class is `undefined` where it is used: almost always two modules that import each other. */
  static undefinedClass(): MissingTypeInfoError {
    return new MissingTypeInfoError(
      "Attempted to construct an undefined constructor. Could mean a circular dependency problem. Try using `delay` function.",
      "import the class directly, or take it with @inject(delay(() => TheClass)) or by a token that both modules share.",
    );
  }
}

function fixFor(className: string): string {
  return `put @inject(Token) before each constructor parameter of ${className}, or register it with { useClass: ${className}, deps: [...] }.`;
}

/** Things that need each other to be built. */
export class CyclicDependencyError extends AmbitError {
  constructor(names: readonly string[]) {
    super("ERR_AMBIT_CYCLE", {
      message: circleText(names),
      fix: "take one of them with @injectRef(...) or @inject(delay(() => ...)), or move what both need into a third class.",
    });
  }
}

/** A longer-lived thing that would keep a shorter-lived one. */
export class CaptiveDependencyError extends AmbitError {
  constructor(holder: PathStep, held: PathStep, path: readonly PathStep[]) {
    super("ERR_AMBIT_CAPTIVE", {
      message: `Cannot inject ${held.lifetime} ${held.name} into ${holder.lifetime} ${holder.name}: it would keep the first one's ${held.name} for all that come later.`,
      path,
      fix: `make ${holder.name} ${held.lifetime}, or take @injectRef(${held.name}) and call get() each time it is needed.`,
    });
  }
}

/** An async provider, not yet built, met by a synchronous `resolve`. */
export class AsyncDependencyError extends AmbitError {
  constructor(
    name: string,
    fix = "await resolveAsync(...) instead of resolve(...), or resolve it once with resolveAsync at start-up.",
  ) {
    super("ERR_AMBIT_ASYNC", {
      message: `Cannot resolve ${name} synchronously: its provider is async and it is not built yet.`,
      fix,
    });
  }
}

/** A registration, a provider or a decorator that cannot mean what it says. */
export class RegistrationError extends AmbitError {
  constructor(message: string, fix?: string, cause?: unknown) {
    super("ERR_AMBIT_REGISTRATION", { message, fix, cause });
  }
}

// Scopes

/** Who called the code that found no scope, and in which Context such callbacks run. */
export interface LostContext {
  /** "a listener that Client.emit called, at onRow (app.js:12:3)". */
  readonly by: string;
  /** "runs in the Context of whoever emits". */
  readonly runs: string;
}

/** Nothing was lost: the scope that is current is of a container that has nothing to do with the one that was asked. */
export const ANOTHERS = "a scope of another container";

/** A context-scoped thing was asked for where no scope of its container is current. */
export class NoScopeError extends AmbitError {
  /** @param found where the Context was lost, when that can be seen; or what was found in place of a scope */
  constructor(name: string, scopeName: string | undefined, found?: LostContext | typeof ANOTHERS) {
    const which = scopeName === undefined ? "no scope" : `no scope named "${scopeName}"`;
    const lost = found === ANOTHERS ? undefined : found;
    const where =
      lost === undefined ? "" : `\nIt was asked for by ${lost.by}: that ${lost.runs}, and no scope is there.`;
    const but = found === ANOTHERS ? `, but ${ANOTHERS} is` : "";
    super("ERR_AMBIT_NO_SCOPE", {
      message: `Cannot resolve context-scoped ${name}: ${which} of its container is current here${but}.${where}`,
      fix: fixForNoScope(scopeName, found),
    });
  }
}

function fixForNoScope(scopeName: string | undefined, found: LostContext | typeof ANOTHERS | undefined): string {
  if (found === ANOTHERS)
    return "open the scope with the container that is asked here: scopePerRequest(thatContainer), thatContainer.runInScope(...).";
  if (found !== undefined)
    return "if it belongs to a scope, pass bindContext(fn) in its place where it is added, inside that scope; or call scope.run(() => ...) in it.";
  return scopeName === undefined
    ? "run this inside container.runInScope(...), or put scopePerRequest(container) before the middleware that asks."
    : `open one around it: container.runInScope({ name: "${scopeName}" }, ...).`;
}

/** What an error says of a scope: enough to find it, nothing that it holds. */
export interface ScopeLabel {
  readonly name: string | undefined;
  readonly id: string;
  readonly state: string;
}

/** A scope in the words of an error. */
export function labelOf({ name, id, state }: ScopeLabel): string {
  return name === undefined ? `scope ${id} (${state})` : `scope "${name}" ${id} (${state})`;
}

/** Something was asked of a scope that has closed, or is closing. */
export class ScopeClosedError extends AmbitError {
  declare readonly scopeId: string;

  /** @param history where it was opened, and when it closed, as a sentence: the guard knows */
  constructor(action: string, scope: ScopeLabel, history?: string) {
    super("ERR_AMBIT_SCOPE_CLOSED", {
      message: `Cannot ${action}: ${labelOf(scope)} has ended.${history === undefined ? "" : `\n${history}`}`,
      fix: "work that outlives its scope needs scope.hold(promise), or a scope of its own: container.runInScope({ parent: null }, ...).",
    });
    hide(this, { scopeId: scope.id });
  }
}

/** A scope was used in a way that its state does not allow. */
export class ScopeStateError extends AmbitError {
  constructor(message: string, fix?: string) {
    super("ERR_AMBIT_SCOPE_STATE", { message, fix });
  }
}

/** Where a leak leads from, and to. */
export interface LeakOrigins {
  /** The id of the scope that the instance belongs to. */
  readonly scopeId: string;
  /** Where that was opened: a stack, and what for. */
  readonly openedAt: string;
  /** The id of the scope in which it was used; `undefined` when there was none. */
  readonly currentScopeId: string | undefined;
  /** Where that was opened. */
  readonly currentOpenedAt: string | undefined;
}

/** A context-lived instance was used outside the scope that owns it (guard). */
export class ScopeLeakError extends AmbitError {
  declare readonly scopeId: string;
  declare readonly openedAt: string;
  declare readonly currentScopeId: string | undefined;
  declare readonly currentOpenedAt: string | undefined;

  constructor(message: string, fix?: string, origins?: LeakOrigins) {
    super("ERR_AMBIT_SCOPE_LEAK", { message, fix });
    if (origins !== undefined) hide(this, { ...origins });
  }
}

/** Something was asked of a container that has been disposed. */
export class ContainerDisposedError extends AmbitError {
  constructor() {
    super("ERR_AMBIT_CONTAINER_DISPOSED", {
      message: "This container has been disposed, you cannot interact with a disposed container",
      fix: "dispose it last, after the servers and jobs that resolve from it have stopped.",
    });
  }
}

/** Two or more disposers failed; `errors` has what each threw, in the order in which they ran. */
export class DisposalError extends AmbitAggregateError {
  constructor(errors: readonly unknown[]) {
    super("ERR_AMBIT_DISPOSAL", errors, { message: `${errors.length} disposers failed; see "errors" for each.` });
  }
}

/** A disposer that did not settle within `disposeTimeout`; the others ran all the same. */
export class DisposeTimeoutError extends AmbitError {
  /** @param milliseconds how long it was waited for */
  constructor(what: string, milliseconds: number) {
    super("ERR_AMBIT_DISPOSE_TIMEOUT", {
      message: `The disposer of ${what} did not settle within ${milliseconds} ms.`,
      fix: "find what it awaits, or raise disposeTimeout when the scope opens.",
    });
  }
}

/** Every problem that `validate()` found. */
export class ValidationError extends AmbitAggregateError {
  constructor(errors: readonly unknown[]) {
    const many = errors.length === 1 ? "1 problem" : `${errors.length} problems`;
    const each = errors.map((error, index) => `\n${index + 1}. ${messageOf(error)}`);
    super("ERR_AMBIT_VALIDATION", errors, { message: [`The container has ${many}:`, ...each].join("\n") });
  }
}

/** A context variable's value that cannot go to another thread. */
export class TravelError extends AmbitError {
  constructor(message: string, fix?: string, cause?: unknown) {
    super("ERR_AMBIT_TRAVEL", { message, fix, cause });
  }
}

/** The inspector cannot run here, or not like this. */
export class InspectorError extends AmbitError {
  constructor(message: string, fix?: string) {
    super("ERR_AMBIT_INSPECTOR", { message, fix });
  }
}

// Context variables

/** A variable was read that has neither a value here nor a default. */
export class ContextLookupError extends AmbitError {
  constructor(message: string, fix?: string, code = "ERR_AMBIT_CONTEXT_LOOKUP") {
    super(code, { message, fix });
  }
}

/** `Context.at` of a variable that is not set in that Context. */
export class ContextKeyError extends ContextLookupError {
  constructor(message: string, fix?: string) {
    super(message, fix, "ERR_AMBIT_CONTEXT_KEY");
  }
}

/** A token was given to another variable than its own, or in another Context than the one it was made in. */
export class ContextTokenError extends AmbitError {
  constructor(message: string, fix?: string) {
    super("ERR_AMBIT_CONTEXT_TOKEN", { message, fix });
  }
}

/** A Context, a variable or a token was used in a way that its state does not allow. */
export class ContextStateError extends AmbitError {
  constructor(message: string, fix?: string) {
    super("ERR_AMBIT_CONTEXT_STATE", { message, fix });
  }
}
