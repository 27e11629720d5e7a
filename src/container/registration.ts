/** What was registered for a token: a provider, a lifetime, and who ends what it builds. */
import { RegistrationError } from "../errors.js";
import type { Provider, RegistrationOptions } from "./api.js";
import { isLifecycle, Lifecycle, prose } from "./lifecycle.js";
import { type Constructor, type InjectionToken, isClass, nameOfToken } from "./token.js";

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
  /** Where scopes keep its instance; given when its first plan is compiled, so that what nobody asks for costs nothing. */
  slot = -1;

  constructor(
    readonly token: InjectionToken,
    given: Provider | Constructor,
    options: RegistrationOptions,
  ) {
    this.provider = (isClass(given) ? { useClass: given } : given) as AnyProvider;
    this.kind = kindOf(this.provider, token);
    this.lifecycle = this.kind === "useSeed" ? Lifecycle.ContextScoped : lifecycleOf(options, token);
    this.scopeName = options.scopeName;
    this.eager = options.eager ?? false;
    this.owned = options.owned ?? ownedByDefault(this.kind, options);
    assertMeaningful(this, options);
  }

  /** How errors call it. */
  get name(): string {
    return nameOfToken(this.token);
  }
}

function kindOf(provider: AnyProvider, token: InjectionToken): ProviderKind {
  const kinds = typeof provider === "object" && provider !== null ? KINDS.filter((kind) => kind in provider) : [];
  if (kinds.length === 1) return kinds[0];
  const found = kinds.length === 0 ? "it has none" : `it has ${kinds.join(" and ")}`;
  throw new RegistrationError(
    `Cannot register ${nameOfToken(token)}: a provider has exactly one of ${KINDS.join(", ")}, and ${found}.`,
  );
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

/** Refuses combinations that cannot mean what they say. */
function assertMeaningful(
  { kind, lifecycle, name, scopeName, provider }: Registration,
  options: RegistrationOptions,
): void {
  if (kind === "useValue" && lifecycle !== Lifecycle.Transient) {
    // tsyringe's sentence.
    throw new RegistrationError(
      `Cannot use lifecycle "${prose(lifecycle)}" with ValueProviders or FactoryProviders: ${name} has a value, which lives as long as its maker lets it.`,
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
  for (const use of ["useFactory", "useAsyncFactory", "useGenerator"] as const) {
    if (kind === use && typeof provider[use] !== "function") {
      throw new RegistrationError(`Cannot register ${name}: ${use} is not a function.`);
    }
  }
}
