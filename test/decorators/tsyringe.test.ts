/** Service files that still import from "tsyringe", next to ones that import from "ambit". */
import {
  inject as ambitInject,
  singleton as ambitSingleton,
  Container,
  container,
  contextScoped,
  type DependencyContainer,
  Lifecycle,
} from "ambit";
import {
  delay,
  inject,
  injectAll,
  injectAllWithTransform,
  injectable,
  injectWithTransform,
  instanceCachingFactory,
  instancePerContainerCachingFactory,
  predicateAwareClassFactory,
  singleton,
  type DependencyContainer as TsyringeContainer,
  Lifecycle as TsyringeLifecycle,
  container as tsyringeContainer,
} from "tsyringe";
import { describe, expect, test } from "vitest";

class Clock {}

describe("tsyringe's parameter decorators", () => {
  test("@inject, in a class that ambit registers", () => {
    @contextScoped()
    class User {}
    @contextScoped()
    class Service {
      constructor(
        @inject(User) readonly user: User,
        @inject("tsyringe.missing", { isOptional: true }) readonly none?: string,
      ) {}
    }
    container.runInScopeSync((scope) => {
      expect(scope.resolve(Service).user).toBe(scope.resolve(User));
      expect(scope.resolve(Service).none).toBeUndefined();
    });
  });

  test("@inject next to ambit's, in one constructor", () => {
    class Service {
      constructor(
        @inject("a") readonly a: string,
        @ambitInject("b") readonly b: string,
      ) {}
    }
    const own = new Container().register("a", { useValue: "A" }).register("b", { useValue: "B" });
    expect(own.resolve(Service)).toEqual({ a: "A", b: "B" });
  });

  test("@injectAll, @injectWithTransform, @injectAllWithTransform and delay", () => {
    class Upper {
      transform(name: string): string {
        return name.toUpperCase();
      }
    }
    class Join {
      transform(names: string[]): string {
        return names.join("+");
      }
    }
    class Service {
      constructor(
        @injectAll("name") readonly names: string[],
        @injectWithTransform("name", Upper) readonly loud: string,
        @injectAllWithTransform("name", Join) readonly joined: string,
        @inject(delay(() => Clock)) readonly clock: Clock,
      ) {}
    }
    const own = new Container().register("name", { useValue: "a" }).register("name", { useValue: "b" });
    const service = own.resolve(Service);
    expect([service.names, service.loud, service.joined]).toEqual([["a", "b"], "B", "a+b"]);
    expect(Object.getPrototypeOf(service.clock)).toBe(Clock.prototype);
  });
});

describe("tsyringe's class decorators", () => {
  test("@injectable: the class is built by ambit, and by tsyringe, each from its own registrations", () => {
    @injectable()
    class Service {
      constructor(
        readonly clock: Clock,
        @inject("tsyringe.name") readonly name: string,
      ) {}
    }
    const own = new Container().register("tsyringe.name", { useValue: "ambit" });
    const child = tsyringeContainer.createChildContainer().register("tsyringe.name", { useValue: "tsyringe" });
    expect([own.resolve(Service).name, child.resolve(Service).name]).toEqual(["ambit", "tsyringe"]);
    expect(own.resolve(Service).clock).toBeInstanceOf(Clock);
  });

  test("@singleton under ambit's: ambit has one, with its own lifetime", () => {
    @ambitSingleton()
    @singleton()
    class Service {
      constructor(readonly clock: Clock) {}
    }
    expect(container.resolve(Service)).toBe(container.resolve(Service));
    expect(container.resolve(Service).clock).toBeInstanceOf(Clock);
  });

  test("@injectable over and under ambit's @contextScoped changes nothing of the lifetime", () => {
    @injectable()
    @contextScoped()
    class Above {
      constructor(@inject(Clock) readonly clock: Clock) {}
    }
    @contextScoped()
    @injectable()
    class Below {
      constructor(@inject(Clock) readonly clock: Clock) {}
    }
    container.runInScopeSync((scope) => {
      for (const target of [Above, Below]) expect(scope.resolve(target)).toBe(scope.resolve(target));
    });
  });

  test("a class of tsyringe's that needs one of ambit's gets it, and the other way round", () => {
    @contextScoped()
    class User {}
    @injectable()
    class TheirService {
      constructor(readonly user: User) {}
    }
    @contextScoped()
    class OurController {
      constructor(readonly service: TheirService) {}
    }
    container.runInScopeSync((scope) => {
      expect(scope.resolve(OurController).service.user).toBe(scope.resolve(User));
    });
  });
});

describe("tsyringe's other exports", () => {
  test("its Lifecycle is understood, and has ambit's numbers", () => {
    const own = new Container().register(Clock, Clock, { lifecycle: TsyringeLifecycle.Singleton });
    expect(own.resolve(Clock)).toBe(own.resolve(Clock));
    const { Transient, Singleton, ResolutionScoped, ContainerScoped } = Lifecycle;
    expect([Transient, Singleton, ResolutionScoped, ContainerScoped]).toEqual([0, 1, 2, 3]);
    expect(TsyringeLifecycle).toMatchObject({ Transient, Singleton, ResolutionScoped, ContainerScoped });
  });

  test("instanceCachingFactory caches for all, instancePerContainerCachingFactory for each container", () => {
    const own = new Container()
      .register("cached", { useFactory: instanceCachingFactory(() => ({})) })
      .register("each", { useFactory: instancePerContainerCachingFactory(() => ({})) });
    const child = own.createChildContainer();
    expect(child.resolve("cached")).toBe(own.resolve("cached"));
    expect(child.resolve("each")).toBe(child.resolve("each"));
    expect(child.resolve("each")).not.toBe(own.resolve("each"));
  });

  test("predicateAwareClassFactory chooses a class", () => {
    class A {}
    class B {}
    let useA = true;
    const choose = predicateAwareClassFactory<A | B>(() => useA, A, B, false);
    const own = new Container().register("chosen", { useFactory: choose });
    const first = own.resolve("chosen");
    useA = false;
    expect([first, own.resolve("chosen")]).toEqual([expect.any(A), expect.any(B)]);
  });

  test("a function that takes tsyringe's container takes ambit's", () => {
    const wire = (their: TsyringeContainer) => their.register("wired", { useValue: 1 }).resolve("wired");
    const ours: DependencyContainer = new Container();
    expect(wire(ours as never)).toBe(1);
  });
});
