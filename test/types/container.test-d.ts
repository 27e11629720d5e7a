/** The types of containers, tokens, deps and scopes: checked by tsc (npm run types), never run. */
import {
  Container,
  container,
  contextScoped,
  type DependencyContainer,
  dep,
  type InjectionToken,
  inject,
  injectAll,
  injectAllWithTransform,
  injectRef,
  injectWithTransform,
  Lifecycle,
  type Outcome,
  type Provider,
  type Ref,
  type RegistrationOptions,
  Scope,
  type Token,
  type Transform,
  token,
} from "ambit";
import {
  delay,
  instanceCachingFactory,
  type DependencyContainer as TsyringeContainer,
  Lifecycle as TsyringeLifecycle,
  type InjectionToken as TsyringeToken,
} from "tsyringe";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(...proof: Same<A, B> extends true ? [] : ["the types differ", A, B]): void;

class Clock {
  now(): number {
    return 0;
  }
}
class Db {
  query(): string {
    return "";
  }
}
class Repository {
  constructor(
    readonly db: Db,
    readonly clock: Clock,
  ) {}
}
class Named {
  constructor(readonly name: string) {}
}
abstract class Mailer {
  abstract send(): boolean;
}
const port = token<number>("port");
const scope: Scope = container.createScope();

export async function whatAskingGives(): Promise<void> {
  const clock = container.resolve(Clock);
  same<typeof clock, Clock>();
  const number = container.resolve(port);
  same<typeof number, number>();
  const mailer = container.resolve(Mailer);
  same<typeof mailer, Mailer>();
  const named = container.resolve<string>("name");
  same<typeof named, string>();
  const unknown = container.resolve("name");
  same<typeof unknown, unknown>();
  const all = container.resolveAll(port);
  same<typeof all, number[]>();
  const maybe = container.tryResolve(port);
  same<typeof maybe, number | undefined>();
  const later = await container.resolveAsync(Mailer);
  same<typeof later, Mailer>();
  const delayed = container.resolve(delay(() => Clock));
  same<typeof delayed, Clock>();
  const ofScope = [
    scope.resolve(port),
    scope.resolveAll(port),
    scope.tryResolve(port),
    scope.resolveAsync(port),
  ] as const;
  same<typeof ofScope, readonly [number, number[], number | undefined, Promise<number>]>();
  // @ts-expect-error: a number is no token
  container.resolve(5);
  // @ts-expect-error: of another type
  const text: string = container.resolve(port);
  void text;
}

export function whatATokenSays(): void {
  same<typeof port, Token<number>>();
  // @ts-expect-error: a plain symbol says nothing
  const plain: Token<number> = Symbol("port");
  // @ts-expect-error: of another type
  const other: Token<string> = port;
  const asToken: InjectionToken<number> = port;
  const ofClass: InjectionToken<Mailer> = Mailer;
  const ofTsyringe: TsyringeToken<Clock> = Clock;
  const taken: InjectionToken<Clock> = ofTsyringe;
  void [plain, other, asToken, ofClass, taken];
}

export function whatValuesMayBe(): void {
  container.register(port, { useValue: 80 });
  // @ts-expect-error: of another type
  container.register(port, { useValue: "80" });
  container.register(Clock, { useValue: new Clock() });
  // @ts-expect-error: of another type
  container.register(Clock, { useValue: new Db() });
  container.register("anything", { useValue: 1 }).register(Symbol("anything"), { useValue: "one" });
  container.registerInstance(port, 80);
  // @ts-expect-error: of another type
  container.registerInstance(port, "80");
}

export function whatClassesMayBe(): void {
  class Fake extends Clock {}
  container.register(Clock, { useClass: Fake }).register(Clock, Fake).register(Clock, Fake, { owned: false });
  container.register(Clock, { useClass: delay(() => Fake) });
  // @ts-expect-error: of another type
  container.register(Clock, { useClass: Db });
  // @ts-expect-error: of another type
  container.register(Clock, Db);
  // @ts-expect-error: an abstract class cannot be built
  container.register(Mailer, Mailer);
  // @ts-expect-error: a function is no class
  container.register(Clock, () => new Clock());
  container.register(Clock, { useToken: Fake });
  // @ts-expect-error: of another type
  container.register(Clock, { useToken: Db });
  container.register(Clock, { useSeed: true });
  // @ts-expect-error: false says nothing
  container.register(Clock, { useSeed: false });
}

export function whatDepsAreCheckedAgainst(): void {
  container.register(Repository, { useClass: Repository, deps: [Db, Clock] });
  // @ts-expect-error: in another order
  container.register(Repository, { useClass: Repository, deps: [Clock, Db] });
  // @ts-expect-error: one is missing
  container.register(Repository, { useClass: Repository, deps: [Db] });
  // A constructor need not take all that it is given.
  container.register(Clock, { useClass: Clock, deps: [Db] });
  // @ts-expect-error: there may be none
  container.register(Repository, { useClass: Repository, deps: [Db, dep.optional(Clock)] });
  // @ts-expect-error: there are several
  container.register(Repository, { useClass: Repository, deps: [Db, dep.all(Clock)] });
  // @ts-expect-error: a ref is not the instance
  container.register(Repository, { useClass: Repository, deps: [Db, dep.ref(Clock)] });
  container.register(Repository, { useClass: Repository, deps: [Db, dep.proxy(Clock)] });
  // Plain strings and symbols say nothing of what they stand for.
  container.register(Named, { useClass: Named, deps: ["name"] });
  container.register(Named, { useClass: Named, deps: [Symbol("name")] });
  // @ts-expect-error: of another type
  container.register(Named, { useClass: Named, deps: [port] });
}

export function whatMayBeSaidOfTheTypeAlone(): void {
  const context = { lifecycle: Lifecycle.ContextScoped } as const;
  container.register<Clock>("clock", {
    deps: [Db],
    useFactory: (db: Db) => (db.query() === "" ? new Clock() : new Clock()),
  });
  container.register<Clock>("clock", { deps: [Db], useClass: Clock });
  container.register<Clock>(
    "clock",
    { deps: [Db], useAsyncFactory: async (db: Db) => Object.assign(new Clock(), { db }) },
    context,
  );
  container.register<number>(
    "number",
    {
      deps: [Db],
      *useGenerator(db: Db) {
        yield db.query().length;
      },
    },
    context,
  );
  // @ts-expect-error: of another type
  container.register<Clock>("clock", { deps: [Db], useFactory: (db: Db) => db });
  container.afterResolution<Clock>(Clock, (_token, clock: Clock) => void clock.now(), { frequency: "Once" });
  container.beforeResolution<Clock>(Clock, () => {});
}

export function whatOverridesAreGiven(): void {
  scope.override(port, {
    useFactory: (inner, current) => {
      same<typeof inner, DependencyContainer>();
      same<typeof current, Scope | undefined>();
      return 1;
    },
  });
  scope.override(Clock, { deps: [Db], useFactory: (db: Db) => Object.assign(new Clock(), { db }) });
  const given: Provider<Clock> | (new () => Clock) = Clock;
  scope
    .override(Clock, Clock)
    .override(Clock, given)
    .override(Mailer, { useValue: { send: () => true } });
  // @ts-expect-error: of another type
  scope.override(port, { useFactory: () => "80" });
  // @ts-expect-error: of another type
  scope.override(Clock, Db);
}

export function whatFactoriesAreGiven(): void {
  container.register("opaque", {
    useFactory: (inner, current) => {
      same<typeof inner, DependencyContainer>();
      same<typeof current, Scope | undefined>();
      return 1;
    },
  });
  container.register("seen through", {
    deps: [Db, port, dep.optional(Clock), dep.all(port), dep.ref(Mailer), "name"],
    useFactory: (db, number, clock, numbers, mailer, name) => {
      same<typeof db, Db>();
      same<typeof number, number>();
      same<typeof clock, Clock | undefined>();
      same<typeof numbers, number[]>();
      same<typeof mailer, Ref<Mailer>>();
      same<typeof name, any>();
      return 1;
    },
  });
  container.register(port, { useFactory: () => 80 }, { lifecycle: Lifecycle.Singleton });
  // @ts-expect-error: of another type
  container.register(port, { useFactory: () => "80" });
  // @ts-expect-error: of another type
  container.register(port, { deps: [Clock], useFactory: (clock) => String(clock.now()) });
  // @ts-expect-error: more parameters than deps
  container.register(port, { deps: [Clock], useFactory: (clock, db: Db) => clock.now() + db.query().length });
}

export function whatAsyncProvidersNeed(): void {
  const options = { lifecycle: Lifecycle.Singleton } as const;
  container.register(Db, { useAsyncFactory: async () => new Db() }, options);
  container.register(
    Db,
    { deps: [Clock], useAsyncFactory: async (clock) => (clock.now() > 0 ? new Db() : new Db()) },
    options,
  );
  // @ts-expect-error: without a lifetime
  container.register(Db, { useAsyncFactory: async () => new Db() });
  // @ts-expect-error: not a promise
  container.register(Db, { useAsyncFactory: () => new Db() }, options);
  // @ts-expect-error: of another type
  container.register(Db, { useAsyncFactory: async () => new Clock() }, options);
}

export function whatGeneratorsAreTold(): void {
  const options = { lifecycle: Lifecycle.ContextScoped } as const;
  container.register(
    Db,
    {
      *useGenerator(inner, current) {
        same<typeof inner, DependencyContainer>();
        same<typeof current, Scope | undefined>();
        const outcome: Outcome = yield new Db();
        same<typeof outcome, Outcome>();
      },
    },
    options,
  );
  container.register(
    Db,
    {
      deps: [Clock],
      async *useGenerator(clock: Clock) {
        const outcome = yield new Db();
        // @ts-expect-error: an outcome may be an abort
        const status: "success" | "error" = outcome.status;
        void [clock, status];
      },
    },
    options,
  );
  container.register(Db, {
    // @ts-expect-error: without a lifetime
    *useGenerator() {
      yield new Db();
    },
  });
  container.register(
    Db,
    {
      // @ts-expect-error: of another type
      *useGenerator() {
        yield new Clock();
      },
    },
    options,
  );
}

export function whatOptionsMayBe(): void {
  const every: RegistrationOptions[] = [
    { lifecycle: Lifecycle.Transient },
    { lifecycle: Lifecycle.Singleton },
    { lifecycle: Lifecycle.ResolutionScoped },
    { lifecycle: Lifecycle.ContainerScoped },
    { lifecycle: Lifecycle.ContextScoped, scopeName: "connection", owned: true },
    { lifecycle: Lifecycle.ThreadScoped, eager: true },
    { lifecycle: TsyringeLifecycle.Singleton },
    { lifecycle: TsyringeLifecycle.ContainerScoped },
  ];
  const life: Lifecycle = TsyringeLifecycle.ResolutionScoped;
  same<typeof Lifecycle.ContextScoped, 4>();
  same<typeof Lifecycle.ThreadScoped, 5>();
  // @ts-expect-error: there is no such lifetime
  const none: Lifecycle = 6;
  // @ts-expect-error: by number, not by name
  const named: RegistrationOptions = { lifecycle: "Singleton" };
  void [every, life, none, named];
}

export function whatTsyringeTakes(): void {
  const asTheirs: TsyringeContainer = container;
  const ownAsTheirs: TsyringeContainer = new Container();
  const asOurs: DependencyContainer = container;
  const wire = (theirs: TsyringeContainer) => theirs.resolve(Clock);
  wire(container);
  container.register(Clock, { useFactory: instanceCachingFactory((theirs) => theirs.resolve(Clock)) });
  // @ts-expect-error: tsyringe's container has no scopes
  const notOurs: DependencyContainer = asTheirs;
  void [ownAsTheirs, asOurs, notOurs];
}

export function whatParametersTake(): void {
  class Sent implements Transform<Mailer, boolean> {
    transform(mailer: Mailer, when: string): boolean {
      return when === "now" && mailer.send();
    }
  }
  class Sum {
    transform(ports: number[]): number {
      return ports.length;
    }
  }
  class Service {
    constructor(
      @inject(Mailer) readonly mailer: Mailer,
      @inject(port) readonly number: number,
      @inject("name", { isOptional: true }) readonly name: string | undefined,
      @injectAll(port) readonly numbers: number[],
      @injectRef(Db) readonly db: Ref<Db>,
      @injectWithTransform(Mailer, Sent, "now") readonly sent: boolean,
      @injectAllWithTransform(port, Sum) readonly sum: number,
    ) {}
  }
  @contextScoped({ scopeName: "connection", token: Mailer })
  class Smtp extends Mailer {
    send(): boolean {
      return true;
    }
  }
  // @ts-expect-error: a number is no token
  inject(5);
  // @ts-expect-error: it transforms nothing
  injectWithTransform(Mailer, Clock);
  void [Service, Smtp];
}

export async function whatScopesGive(): Promise<void> {
  const result = container.runInScope(async (current) => {
    same<typeof current, Scope>();
    return 1;
  });
  same<typeof result, Promise<number>>();
  const plain = container.runInScope({ name: "job" }, () => "done");
  same<typeof plain, Promise<string>>();
  const sync = container.runInScopeSync((current) => current.resolve(port));
  same<typeof sync, number>();
  const seeds: [typeof Clock, Clock][] = [[Clock, new Clock()]];
  await container.runInScope({ seeds, parent: null, signal: AbortSignal.timeout(1) }, () => {});
  const chained = scope.seed(port, 80).seed(Clock, new Clock());
  same<typeof chained, Scope>();
  // @ts-expect-error: of another type
  scope.seed(port, "80");
  // @ts-expect-error: no function
  void container.runInScope({ name: "job" });
  // @ts-expect-error: no function
  container.runInScopeSync({ name: "job" });
  // @ts-expect-error: options come first
  void container.runInScope(() => 1, { name: "job" });
  // @ts-expect-error: there is no such option
  container.createScope({ nmae: "job" });
}

export function whatIsChained(): void {
  const own = new Container().register(port, { useValue: 80 }).registerSingleton(Clock).registerType(Clock, Clock);
  same<typeof own, Container>();
  const child = own.createChildContainer();
  same<typeof child, Container>();
}

export function whatRefsGive(ref: Ref<Clock>): void {
  const [now, later, maybe] = [ref.get(), ref.getAsync(), ref.tryGet()] as const;
  same<typeof now, Clock>();
  same<typeof later, Promise<Clock>>();
  same<typeof maybe, Clock | undefined>();
}
