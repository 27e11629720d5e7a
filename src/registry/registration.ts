/** What was registered for a token: a provider, a lifetime, and who ends what it builds. */
import { MissingTypeInfoError, RegistrationError } from "../errors.js";
import type { Provider, RegistrationOptions } from "./api.js";
import { MarkedDep } from "./dep.js";
import { enumName, isLifecycle, Lifecycle } from "./lifecycle.js";
import { declaredOptions } from "./metadata.js";
import {
  type Constructor,
  type InjectionToken,
  isClass,
  isConstructor,
  isDelayed,
  isToken,
  nameOfToken,
} from "./token.js";

/** The kinds of providers, each by the property that names it. */
const KINDS = ["useClass", "useValue", "useToken", "useFactory", "useAsyncFactory", "useGenerator", "useSeed"] as const;
export type ProviderKind = (typeof KINDS)[number];

/** A provider with everything that any kind has; which of it is there is what `kind` says. */
export interface AnyProvider {
  readonly useClass?: Constructor;
  readonly useValue?: unknown;
  readonly useToken?: InjectionToken;
  readonly useFactory?: (...args: unknown[]) => unknown;
  readonly useAsyncFactory?: (...args: unknown[]) => PromiseLike<unknown>;
  readonly useGenerator?: (...args: unknown[]) => Iterator<unknown> | AsyncIterator<unknown>;
  readonly useSeed?: true;
  readonly deps?: readonly unknown[];
}

export class Registration {
  readonly kind: ProviderKind;
  readonly provider: AnyProvider;
  readonly lifecycle: Lifecycle;
  readonly scopeName: string | undefined;
  readonly eager: boolean;
  /** Whether ambit disposes what it builds. */
  readonly owned: boolean;
  /** Whether a decorator made it, of its own class. */
  readonly #isDeclared: boolean;
  /** Where scopes keep its instance; given when its first plan is compiled, so that what nobody asks for costs nothing. */
  slot = -1;
  /** The scope that owns its instance, for one that replaces a long-lived registration in that scope. */
  pinnedTo: object | undefined = undefined;

  constructor(
    readonly token: InjectionToken,
    given: Provider | Constructor,
    said: RegistrationOptions,
  ) {
    if (!isToken(token)) throw notAToken(token);
    assertOptions(said, token);
    this.provider = (isClass(given) ? { useClass: given } : given) as AnyProvider;
    this.kind = kindOf(this.provider, token);
    const options = withDeclared(this.provider.useClass, said);
    this.lifecycle = this.kind === "useSeed" ? Lifecycle.ContextScoped : lifecycleOf(options, token);
    this.scopeName = options.scopeName;
    this.eager = options.eager ?? false;
    this.owned = options.owned ?? ownedByDefault(this.kind, options);
    this.#isDeclared = given === token && isClass(given) && said === declaredOptions(given);
    assertMeaningful(this, options);
  }

  /**
   * Whether it is no more than what a decorator says of its own class, which a later registration for that class says
   * otherwise: any, of a lifetime that only ambit has; with tsyringe's, which keeps both, one that gives the class `deps`.
   */
  givesWayTo({ provider }: Registration): boolean {
    if (!this.#isDeclared) return false;
    return isOurs(this.lifecycle) || (provider.deps !== undefined && provider.useClass === this.token);
  }

  /** How errors call it. */
  get name(): string {
    return nameOfToken(this.token);
  }
}

const OPTIONS = ["lifecycle", "scopeName", "eager", "owned"];

/** A misspelt lifetime would be none. */
function assertOptions(options: unknown, token: InjectionToken): void {
  const isObject = typeof options === "object" && options !== null;
  const [unknown] = isObject ? Object.keys(options).filter((key) => !OPTIONS.includes(key)) : [String(options)];
  if (unknown === undefined) return;
  throw new RegistrationError(
    `Cannot register ${nameOfToken(token)} with ${isObject ? `the option ${unknown}` : unknown}: there are ${OPTIONS.join(", ")}.`,
    "pass { lifecycle: Lifecycle.ContextScoped }, or another, as the third argument.",
  );
}

function kindOf(provider: AnyProvider, token: InjectionToken): ProviderKind {
  const kinds = typeof provider === "object" && provider !== null ? KINDS.filter((kind) => kind in provider) : [];
  if (kinds.length === 1) return kinds[0];
  const found = kinds.length === 0 ? "it has none" : `it has ${kinds.join(" and ")}`;
  throw new RegistrationError(
    `Cannot register ${nameOfToken(token)}: a provider has exactly one of ${KINDS.join(", ")}, and ${found}.`,
  );
}

/**
 * Where nobody says how long it lives, the class may: with the two lifetimes that only ambit has. One of tsyringe's is the
 * decorator's registration alone, as in tsyringe.
 */
function withDeclared(useClass: unknown, options: RegistrationOptions): RegistrationOptions {
  if (options.lifecycle !== undefined || !isClass(useClass)) return options;
  const declared = declaredOptions(useClass);
  return isOurs(declared?.lifecycle) ? { ...declared, ...options, lifecycle: declared?.lifecycle } : options;
}

/** Whether only ambit has it. */
function isOurs(lifecycle: Lifecycle | undefined): boolean {
  return lifecycle === Lifecycle.ContextScoped || lifecycle === Lifecycle.ThreadScoped;
}

function lifecycleOf({ lifecycle = Lifecycle.Transient }: RegistrationOptions, token: InjectionToken): Lifecycle {
  if (isLifecycle(lifecycle)) return lifecycle;
  throw new RegistrationError(`Cannot register ${nameOfToken(token)}: ${String(lifecycle)} is not a Lifecycle.`);
}

/** What the caller made, or what a factory without a lifetime gave, may be shared with others: it is not ours to end. */
function ownedByDefault(kind: ProviderKind, { lifecycle }: RegistrationOptions): boolean {
  if (kind === "useValue" || kind === "useToken" || kind === "useSeed") return false;
  return kind !== "useFactory" || lifecycle !== undefined;
}

function notADep(name: string, index: number, token: unknown): RegistrationError {
  return new RegistrationError(
    `Cannot register ${name}: entry #${index} of its deps is ${nameOfToken(token)}, which is not a token.`,
    token === undefined
      ? "import the class directly, or say delay(() => TheClass): modules that import each other see undefined for a while."
      : "give a class, a string, a symbol, a token<T>(), or one of them in dep.optional(...) and its kin.",
  );
}

function notAToken(token: unknown): RegistrationError {
  return new RegistrationError(
    `Cannot register ${nameOfToken(token)}: it is not a token.`,
    token === undefined
      ? "import the class directly: modules that import each other see undefined for a while."
      : "register a class, a string, a symbol, or a token<T>().",
  );
}

/** Refuses what cannot mean what it says. */
function assertMeaningful(registration: Registration, options: RegistrationOptions): void {
  assertLifetime(registration, options);
  assertOwner(registration, options);
  assertProvider(registration);
}

function assertLifetime({ kind, lifecycle, name, scopeName, eager }: Registration, options: RegistrationOptions): void {
  if (kind === "useValue" && lifecycle !== Lifecycle.Transient) {
    // tsyringe's sentence.
    throw new RegistrationError(
      `Cannot use lifecycle "${enumName(lifecycle)}" with ValueProviders or FactoryProviders: ${name} has a value, which lives as long as its maker lets it.`,
      `container.register(${name}, { useValue: ... }) without a lifecycle.`,
    );
  }
  if ((kind === "useAsyncFactory" || kind === "useGenerator") && options.lifecycle === undefined) {
    throw new RegistrationError(
      `Cannot register ${name}: a provider with ${kind} must say how long what it builds lives.`,
      "pass { lifecycle: Lifecycle.ContextScoped }, or another, as the third argument.",
    );
  }
  if (scopeName !== undefined && lifecycle !== Lifecycle.ContextScoped) {
    throw new RegistrationError(`Cannot register ${name}: scopeName "${scopeName}" needs Lifecycle.ContextScoped.`);
  }
  if (eager && lifecycle !== Lifecycle.ThreadScoped) {
    throw new RegistrationError(`Cannot register ${name}: eager needs Lifecycle.ThreadScoped.`);
  }
}

function assertOwner({ kind, name }: Registration, { owned }: RegistrationOptions): void {
  if (owned === true && (kind === "useToken" || kind === "useSeed")) {
    throw new RegistrationError(
      `Cannot register ${name} with owned: true: with ${kind} nothing is built here that could be ended.`,
      "say owned: true where the value is made.",
    );
  }
  if (owned === false && kind === "useGenerator") {
    throw new RegistrationError(
      `Cannot register ${name} with owned: false: the end of a generator is part of it, and always runs.`,
      "leave out what comes after the yield, or use { useFactory: ... }.",
    );
  }
}

function assertProvider({ kind, name, provider }: Registration): void {
  const misplaced = OPTIONS.find((option) => option in provider);
  if (misplaced !== undefined) {
    throw new RegistrationError(
      `Cannot register ${name}: ${misplaced} is no part of a provider.`,
      `pass { ${misplaced}: ... } as the third argument.`,
    );
  }
  const what = provider[kind];
  if ((kind === "useClass" || kind === "useToken") && what === undefined) throw MissingTypeInfoError.undefinedClass();
  if (kind === "useClass" && !isConstructor(what) && !isDelayed(what)) throw notAClass(name, what);
  if (kind === "useToken" && !isToken(what)) throw notAToken(what);
  if (isFunctionKind(kind) && typeof what !== "function") {
    throw new RegistrationError(`Cannot register ${name}: ${kind} is not a function.`);
  }
  if (provider.deps === undefined) return;
  if (kind !== "useClass" && !isFunctionKind(kind)) {
    throw new RegistrationError(`Cannot register ${name}: with ${kind} nothing would be given its deps.`);
  }
  if (!Array.isArray(provider.deps)) throw new RegistrationError(`Cannot register ${name}: deps is not an array.`);
  for (const [index, entry] of provider.deps.entries()) {
    const token: unknown = entry instanceof MarkedDep ? entry.token : entry;
    if (!isToken(token)) throw notADep(name, index, token);
  }
}

function isFunctionKind(kind: ProviderKind): boolean {
  return kind === "useFactory" || kind === "useAsyncFactory" || kind === "useGenerator";
}

function notAClass(name: string, what: unknown): RegistrationError {
  return new RegistrationError(
    `Cannot build ${name}: ${nameOfToken(what)} is not a class, so it cannot be constructed.`,
    typeof what === "function" ? `give the function as a factory: { useFactory: ... }.` : undefined,
  );
}
