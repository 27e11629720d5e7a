/** The same steps taken in a real container and in the model, and compared after each. */
import { deepStrictEqual, ok, strictEqual, throws } from "node:assert";
import { AmbitError, Container, type DependencyContainer, Lifecycle, type Scope } from "ambit";
import { ask, type Instance, ModelContainer, ModelFailure, ModelScope, type Spec } from "./model.js";

/** A real instance: what it is, what it was built of. */
class Made {
  constructor(
    readonly token: string,
    readonly parts: readonly Made[],
    readonly disposed: Made[],
  ) {}

  dispose(): void {
    this.disposed.push(this);
  }
}

export class World {
  readonly containers: { real: Container; model: ModelContainer }[] = [
    { real: new Container(), model: new ModelContainer() },
  ];
  readonly scopes: { real: Scope; model: ModelScope }[] = [];
  readonly #disposed: Made[] = [];
  /** Which real instance is which of the model's, both ways. */
  readonly #real = new Map<Instance, Made>();
  readonly #model = new Map<Made, Instance>();
  /** Keeps transients reachable: what nobody holds is nobody's to dispose. */
  readonly #answers: unknown[] = [];
  readonly outcomes = { given: 0, refused: 0 };

  register(at: number, token: string, spec: Spec): void {
    const { real, model } = pick(this.containers, at);
    if (model.ended) return;
    real.register(token, this.#provider(token, spec) as never, spec.options);
    model.register(token, spec);
  }

  openChild(of: number): void {
    const { real, model } = pick(this.containers, of);
    if (!model.ended) this.containers.push({ real: real.createChildContainer(), model: new ModelContainer(model) });
  }

  openScope(at: number, inside: number, name: string | undefined): void {
    const { real, model } = pick(this.containers, at);
    const parent = this.scopes.length === 0 ? undefined : this.scopes[inside % (this.scopes.length + 1)];
    if (model.ended || parent?.model.closed) return;
    this.scopes.push({
      real: real.createScope({ parent: parent?.real ?? null, ...(name !== undefined && { name }) }),
      model: new ModelScope(model, parent?.model, name),
    });
  }

  /** Asks a container, in a scope or outside of all. */
  askContainer(at: number, inside: number, token: string): void {
    const { real, model } = pick(this.containers, at);
    const scope = this.scopes[inside % (this.scopes.length + 1)];
    if (scope?.model.closed) return;
    const home = scope?.model ?? model.outside;
    this.#compare(
      () => (scope === undefined ? real.resolve(token) : scope.real.run(() => real.resolve(token))),
      () => ask(token, { view: model, home, holder: undefined }),
    );
  }

  askScope(at: number, token: string): void {
    if (this.scopes.length === 0) return;
    const { real, model } = pick(this.scopes, at);
    if (model.closed) return throws(() => real.resolve(token), AmbitError);
    this.#compare(
      () => real.resolve(token),
      () => ask(token, { view: model.container, home: model, holder: undefined }),
    );
  }

  clearInstances(at: number): void {
    const { real, model } = pick(this.containers, at);
    if (model.ended) return;
    real.clearInstances();
    model.kept.clear();
  }

  reset(at: number): void {
    const { real, model } = pick(this.containers, at);
    if (model.ended) return;
    real.reset();
    model.registrations.clear();
  }

  async closeScope(at: number): Promise<void> {
    if (this.scopes.length === 0) return;
    const { real, model } = pick(this.scopes, at);
    await real.close();
    this.#compareDisposed(model.close());
  }

  /** Ends a container that has a parent, when nothing is open in it. */
  async endChild(at: number): Promise<void> {
    const { real, model } = pick(this.containers, at);
    const isOpen = this.scopes.some((scope) => scope.model.container === model && !scope.model.closed);
    const hasChildren = this.containers.some(({ model: child }) => child.parent === model && !child.ended);
    if (model.parent === undefined || isOpen || hasChildren || model.ended) return;
    await real.dispose();
    this.#compareDisposed(model.end());
  }

  /** Closes what is open, the newest first, and disposes the containers, the youngest first. */
  async end(): Promise<void> {
    for (let at = this.scopes.length; at-- > 0; ) await this.closeScope(at);
    for (const { real, model } of this.containers.toReversed()) {
      await real.dispose();
      if (!model.ended) this.#compareDisposed(model.end());
    }
  }

  #compare(resolve: () => unknown, model: () => Instance): void {
    const [real, expected] = [outcomeOf(resolve), outcomeOf(model)];
    this.#answers.push(real.value);
    strictEqual(real.code, expected.code);
    this.outcomes[real.code === undefined ? "given" : "refused"]++;
    if (real.code === undefined) this.#assertSame(real.value as Made, expected.value as Instance);
  }

  /** One real instance for one of the model's, all the way down. */
  #assertSame(real: Made, model: Instance): void {
    strictEqual(real.token, model.token);
    const known = this.#model.get(real) ?? this.#real.get(model);
    if (known === undefined) {
      this.#model.set(real, model);
      this.#real.set(model, real);
    }
    ok(this.#model.get(real) === model, `${real.token}: one instance where the model has two`);
    ok(this.#real.get(model) === real, `${real.token}: two instances where the model has one`);
    strictEqual(real.parts.length, model.parts.length);
    if (known === undefined)
      for (const [index, part] of real.parts.entries()) this.#assertSame(part, model.parts[index]);
  }

  #compareDisposed(expected: readonly Instance[]): void {
    const disposed = this.#disposed.splice(0);
    deepStrictEqual(namesOf(disposed), namesOf(expected));
    for (const [index, real] of disposed.entries()) this.#assertSame(real, expected[index]);
  }

  #provider(token: string, { kind, deps }: Spec): object {
    const disposed = this.#disposed;
    const make = (parts: Made[]) => new Made(token, parts, disposed);
    switch (kind) {
      case "class":
        return {
          deps,
          useClass: class extends Made {
            constructor(...parts: Made[]) {
              super(token, parts, disposed);
            }
          },
        };
      case "factory":
        return { deps, useFactory: (...parts: Made[]) => make(parts) };
      case "asking factory":
        return { useFactory: (inner: DependencyContainer) => make(deps.map((dep) => inner.resolve<Made>(dep))) };
      case "alias":
        return { useToken: deps[0] };
    }
  }
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length];
}

function namesOf(instances: readonly { readonly token: string }[]): string[] {
  return instances.map(({ token }) => token);
}

/** What `fn` gives, or the code of what it throws. */
function outcomeOf(fn: () => unknown): { value?: unknown; code?: string } {
  try {
    return { value: fn() };
  } catch (error) {
    const { code } = error as { code?: string };
    if (error instanceof ModelFailure || code !== undefined) return { code: code ?? "" };
    throw error;
  }
}

export const LIFETIMES = [
  { lifecycle: Lifecycle.Transient },
  { lifecycle: Lifecycle.Singleton },
  { lifecycle: Lifecycle.ResolutionScoped },
  { lifecycle: Lifecycle.ContainerScoped },
  { lifecycle: Lifecycle.ContextScoped },
  { lifecycle: Lifecycle.ContextScoped, scopeName: "job" },
  { lifecycle: Lifecycle.ThreadScoped },
] as const;
