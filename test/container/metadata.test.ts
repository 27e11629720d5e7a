/** What ambit reads of what the decorators and the compiler wrote; fails if tsyringe changes it. */
import { type Constructor, Container, inject, injectable, Lifecycle } from "ambit";
import {
  inject as tsyringeInject,
  injectAll as tsyringeInjectAll,
  injectAllWithTransform as tsyringeInjectAllWithTransform,
  injectable as tsyringeInjectable,
  injectWithTransform as tsyringeInjectWithTransform,
} from "tsyringe";
import { describe, expect, test } from "vitest";

class Clock {}
class Upper {
  transform(name: string): string {
    return name.toUpperCase();
  }
}

describe("what tsyringe writes", () => {
  test("its decorators keep their descriptors under injectionTokens, by position, and in this shape", () => {
    class Service {}
    tsyringeInject("one")(Service, undefined, 0);
    tsyringeInject("optional", { isOptional: true })(Service, undefined, 1);
    tsyringeInjectAll("all")(Service, undefined, 2);
    tsyringeInjectWithTransform("transformed", Upper, 1, 2)(Service, undefined, 3);
    tsyringeInjectAllWithTransform("all transformed", Upper as never)(Service, undefined, 4);
    expect(Reflect.getOwnMetadata("injectionTokens", Service)).toEqual({
      0: { token: "one", multiple: false, isOptional: undefined },
      1: { token: "optional", multiple: false, isOptional: true },
      2: { token: "all", multiple: true, isOptional: undefined },
      3: { token: "transformed", transform: Upper, transformArgs: [1, 2] },
      4: { token: "all transformed", multiple: true, transform: Upper, transformArgs: [] },
    });
  });

  test("the compiler keeps the parameters' types under design:paramtypes", () => {
    @injectable()
    class Service {
      constructor(
        readonly clock: Clock,
        readonly name: string,
      ) {}
    }
    expect(Reflect.getOwnMetadata("design:paramtypes", Service)).toEqual([Clock, String]);
  });
});

describe("a class that tsyringe's @injectable has written into", () => {
  test("is built as one that it has not", () => {
    @tsyringeInjectable()
    class Service {
      constructor(
        readonly clock: Clock,
        @tsyringeInject("name") readonly name: string,
      ) {}
    }
    const service = new Container().register("name", { useValue: "orders" }).resolve(Service);
    expect([service.clock, service.name]).toEqual([expect.any(Clock), "orders"]);
  });

  test("does not change what its superclass is given", () => {
    class FakeClock extends Clock {}
    @injectable()
    class Base {
      constructor(readonly clock: Clock) {}
    }
    @tsyringeInjectable()
    class Derived extends Base {
      constructor(@tsyringeInject(FakeClock) clock: Clock) {
        super(clock);
      }
    }
    const container = new Container();
    expect([container.resolve(Base).clock, container.resolve(Derived).clock].map((clock) => clock.constructor)).toEqual(
      [Clock, FakeClock],
    );
  });
});

describe("a subclass of a decorated class", () => {
  @injectable()
  class Base {
    constructor(
      readonly clock: Clock,
      @inject("name") readonly name: string,
    ) {}
  }
  const built = (target: Constructor<Base>) => {
    const { clock, name } = new Container().register("name", { useValue: "orders" }).resolve(target);
    return [clock instanceof Clock, name];
  };

  test("without a constructor, gets what its superclass gets, decorated or not", () => {
    class Plain extends Base {}
    @injectable()
    class Decorated extends Base {}
    @tsyringeInjectable()
    class ByTsyringe extends Base {}
    class Far extends Decorated {}
    expect([Plain, Decorated, ByTsyringe, Far].map(built)).toEqual(Array(4).fill([true, "orders"]));
  });

  test("without a constructor, though its source says constructor( elsewhere, gets what its superclass gets", () => {
    class Cloning extends Base {
      /** Unlike a constructor (which the container calls), this is called by hand. */
      clone(): this {
        // The constructor (of this class, or of one below) takes the same.
        return new (this.constructor as new (...args: unknown[]) => this)(this.clock, this.name);
      }
      make(): object {
        return Reflect.construct(Object, [this.constructor("constructor()")]);
      }
    }
    expect(built(Cloning)).toEqual([true, "orders"]);
  });

  test("with a constructor of its own that takes nothing, is given nothing", () => {
    class Fixed extends Base {
      constructor() {
        super(new Clock(), "fixed");
      }
    }
    expect(built(Fixed)).toEqual([true, "fixed"]);
  });

  test("with undecorated parameters of its own, is refused: its superclass's types say nothing of them", () => {
    class Other extends Base {
      constructor(name: string, clock: Clock) {
        super(clock, name);
      }
    }
    expect(() => built(Other)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_MISSING_TYPE_INFO" }));
  });

  test("with decorated parameters of its own, gets those", () => {
    class Swapped extends Base {
      constructor(@inject("name") name: string, @inject(Clock) clock: Clock) {
        super(clock, name);
      }
    }
    expect(built(Swapped)).toEqual([true, "orders"]);
  });

  test("is a token of its own: its superclass's registration is not its", () => {
    class Derived extends Base {}
    const container = new Container().register("name", { useValue: "orders" });
    container.register(Base, Base, { lifecycle: Lifecycle.Singleton });
    expect(container.resolve(Derived)).not.toBe(container.resolve(Derived));
  });
});

test("a class that was never decorated and takes nothing needs nothing", () => {
  class Plain {
    readonly ready = true;
  }
  expect(new Container().resolve(Plain).ready).toBe(true);
});

test("a class with only optional parameters takes nothing when nothing describes them", () => {
  class Plain {
    constructor(readonly name = "default") {}
  }
  expect(new Container().resolve(Plain).name).toBe("default");
});

test("ambit's own @injectable writes nothing: tsyringe's lists stay as the compiler wrote them", () => {
  @injectable()
  class Service {
    constructor(@inject("name") readonly name: string) {}
  }
  expect(Reflect.getOwnMetadata("design:paramtypes", Service)).toEqual([String]);
});
