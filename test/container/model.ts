/** The container in the most naive way: every ask walks the registrations again, and instances are records in lists. */
import { Lifecycle, type RegistrationOptions } from "ambit";

/** What a registration says. */
export interface Spec {
  readonly kind: "class" | "factory" | "asking factory" | "alias";
  readonly options: RegistrationOptions;
  /** Other tokens; an alias has one. */
  readonly deps: readonly string[];
}

export class ModelRegistration {
  constructor(
    readonly token: string,
    readonly spec: Spec,
    readonly container: ModelContainer,
  ) {}

  get lifecycle(): Lifecycle {
    return this.spec.options.lifecycle ?? Lifecycle.Transient;
  }

  /** What the container sees of its dependencies. */
  get seen(): readonly string[] {
    return this.spec.kind === "asking factory" ? [] : this.spec.deps;
  }
}

/** Something that was built, of what, and who ends it. */
export interface Instance {
  readonly token: string;
  readonly parts: readonly Instance[];
}

/** Whatever instances are built for. */
interface Home {
  readonly owned: Instance[];
}

export class ModelContainer {
  readonly registrations = new Map<string, ModelRegistration>();
  /** Its singletons and container-scoped instances. */
  readonly kept = new Map<ModelRegistration, Instance>();
  readonly home: Home = { owned: [] };
  /** Owns what is made outside of every scope. */
  readonly outside: Home = { owned: [] };
  ended = false;

  constructor(readonly parent?: ModelContainer) {}

  get root(): ModelContainer {
    return this.parent?.root ?? this;
  }

  register(token: string, spec: Spec): void {
    this.registrations.set(token, new ModelRegistration(token, spec, this));
  }

  find(token: string): ModelRegistration {
    const found = this.registrations.get(token) ?? this.parent?.find(token);
    if (found === undefined) throw new ModelFailure("ERR_AMBIT_UNREGISTERED");
    return found;
  }

  /** Ends it; gives what is disposed, in order. */
  end(): Instance[] {
    this.ended = true;
    return [...this.outside.owned.reverse(), ...this.home.owned.reverse()];
  }
}

export class ModelScope implements Home {
  readonly owned: Instance[] = [];
  readonly kept = new Map<ModelRegistration, Instance>();
  readonly nested: ModelScope[] = [];
  closed = false;

  constructor(
    readonly container: ModelContainer,
    readonly parent: ModelScope | undefined,
    readonly name: string | undefined,
  ) {
    parent?.nested.push(this);
  }

  /** Closes it and what is nested in it; gives what is disposed, in order. */
  close(): Instance[] {
    const nested = this.closed ? [] : this.nested.reverse().flatMap((scope) => scope.close());
    const own = this.closed ? [] : this.owned.reverse();
    this.closed = true;
    return [...nested, ...own];
  }
}

/** An error of ambit. */
export class ModelFailure extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** Who asks: through which container, for which home, and what would hold the answer beyond that home. */
interface Asker {
  readonly view: ModelContainer;
  readonly home: Home;
  readonly holder: ModelRegistration | undefined;
}

type Resolution = Map<Home, Map<ModelRegistration, Instance>>;

/** What resolving `token` gives; changes the model as a resolve changes the container. */
export function ask(token: string, asker: Asker): Instance {
  if (asker.view.ended) throw new ModelFailure("ERR_AMBIT_CONTAINER_DISPOSED");
  const registration = asker.view.find(token);
  checkFor(registration, asker);
  const { holder } = asker;
  if (holder !== undefined && isCaptive(holder, registration, asker.view)) throw new ModelFailure("ERR_AMBIT_CAPTIVE");
  return give(registration, asker, new Map());
}

/** What is refused to who asks: of a context-lived instance the container of the scope may know more than the one that is asked. */
function checkFor(registration: ModelRegistration, { view, home }: Asker): void {
  try {
    check(registration, view);
  } catch (error) {
    if (!isUnregistered(error) || !(home instanceof ModelScope) || home.container === view) throw error;
    const left: ModelRegistration[] = [];
    check(registration, view, left);
    for (const each of left) check(each, home.container);
  }
}

function isUnregistered(error: unknown): boolean {
  return error instanceof ModelFailure && error.code === "ERR_AMBIT_UNREGISTERED";
}

/** What is refused before anything is built. `left`: the context-lived that this view cannot build are put there instead. */
function check(registration: ModelRegistration, from: ModelContainer, left?: ModelRegistration[]): void {
  try {
    checkParts(registration, from, LONG_LIVED.has(registration.lifecycle) ? undefined : left);
  } catch (error) {
    if (left === undefined || registration.lifecycle !== Lifecycle.ContextScoped || !isUnregistered(error)) throw error;
    left.push(registration);
  }
}

const LONG_LIVED = new Set<Lifecycle>([Lifecycle.Singleton, Lifecycle.ContainerScoped, Lifecycle.ThreadScoped]);

function checkParts(registration: ModelRegistration, from: ModelContainer, left?: ModelRegistration[]): void {
  const view = viewOf(registration, from);
  const held = registration.seen.map((token) => {
    const each = view.find(token);
    check(each, view, left);
    return each;
  });
  if (held.some((each) => isCaptive(registration, each, view))) throw new ModelFailure("ERR_AMBIT_CAPTIVE");
}

/** Whose registrations its dependencies come from. */
function viewOf({ lifecycle, container }: ModelRegistration, from: ModelContainer): ModelContainer {
  if (lifecycle === Lifecycle.Singleton) return container;
  return lifecycle === Lifecycle.ThreadScoped ? from.root : from;
}

function isCaptive(holder: ModelRegistration, held: ModelRegistration, from: ModelContainer): boolean {
  const { lifecycle, spec } = holder;
  const shorter = shorterLived(held, from);
  if (lifecycle === Lifecycle.ThreadScoped) return shorter.length > 0;
  if (lifecycle === Lifecycle.Singleton || lifecycle === Lifecycle.ContainerScoped)
    return shorter.some((each) => each.lifecycle === Lifecycle.ContextScoped);
  const isUnnamed = (each: ModelRegistration) =>
    each.lifecycle === Lifecycle.ContextScoped && each.spec.options.scopeName === undefined;
  return lifecycle === Lifecycle.ContextScoped && spec.options.scopeName !== undefined && shorter.some(isUnnamed);
}

/** What is of a scope or of a container, itself or below what is built with it. */
function shorterLived(held: ModelRegistration, from: ModelContainer): ModelRegistration[] {
  switch (held.lifecycle) {
    case Lifecycle.ContextScoped:
    case Lifecycle.ContainerScoped:
      return [held];
    case Lifecycle.Transient:
    case Lifecycle.ResolutionScoped:
      return held.seen.flatMap((token) => shorterLived(from.find(token), from));
    default:
      return [];
  }
}

function give(registration: ModelRegistration, asker: Asker, resolution: Resolution): Instance {
  const { view, home } = asker;
  switch (registration.lifecycle) {
    case Lifecycle.Transient:
      return make(registration, asker, resolution);
    case Lifecycle.ResolutionScoped: {
      const shared = resolution.get(home) ?? new Map<ModelRegistration, Instance>();
      resolution.set(home, shared);
      return keptIn(shared, registration, () => make(registration, asker, resolution));
    }
    case Lifecycle.ContextScoped:
      return giveOfScope(registration, asker, resolution);
    default: {
      const place = registration.lifecycle === Lifecycle.ContainerScoped ? view : viewOf(registration, view);
      const builder = { view: place, home: place.home, holder: registration };
      return keptIn(place.kept, registration, () => make(registration, builder, resolution));
    }
  }
}

function giveOfScope(registration: ModelRegistration, { home }: Asker, resolution: Resolution): Instance {
  const { scopeName } = registration.spec.options;
  let scope = home instanceof ModelScope ? home : undefined;
  while (scope !== undefined && scopeName !== undefined && scope.name !== scopeName) scope = scope.parent;
  if (scope === undefined) throw new ModelFailure("ERR_AMBIT_NO_SCOPE");
  const { container, kept } = scope;
  const holder = scopeName === undefined ? undefined : registration;
  return keptIn(kept, registration, () => {
    check(registration, container);
    return make(registration, { view: container, home: scope, holder }, resolution);
  });
}

function keptIn(kept: Map<ModelRegistration, Instance>, key: ModelRegistration, build: () => Instance): Instance {
  const instance = kept.get(key) ?? build();
  kept.set(key, instance);
  return instance;
}

function make({ token, spec }: ModelRegistration, asker: Asker, resolution: Resolution): Instance {
  const { kind, deps } = spec;
  const parts = deps.map((dep) =>
    kind === "asking factory" ? ask(dep, asker) : give(asker.view.find(dep), asker, resolution),
  );
  if (kind === "alias") return parts[0];
  const instance = { token, parts };
  asker.home.owned.push(instance);
  return instance;
}
