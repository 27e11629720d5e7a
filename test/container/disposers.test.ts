/** Which disposer an instance has, and that none is lost: also where only some instances of a class have one. */
import { type Constructor, Container, Lifecycle, type Scope } from "ambit";
import { describe, expect, test } from "vitest";

/** What the disposers of instances of `target`, one for each of `given`, said at the end of their scope. */
async function saidAtTheEnd(target: Constructor, given: readonly unknown[]): Promise<string[]> {
  const said: string[] = [];
  const container = new Container().register("said", { useValue: said });
  let next = 0;
  container.register("given", { useFactory: () => given[next++] });
  container.register("instance", { useClass: target, deps: ["given", "said"] });
  await container.runInScope((scope) => given.map(() => void scope.resolve("instance")));
  return said;
}

describe("of several disposers of an instance, the first of these runs, alone", () => {
  class Three {
    constructor(
      _: unknown,
      readonly said: string[],
    ) {}
    async [Symbol.asyncDispose]() {
      this.said.push("asyncDispose");
    }
    [Symbol.dispose]() {
      this.said.push("Symbol.dispose");
    }
    dispose() {
      this.said.push("dispose");
    }
  }
  class Two {
    constructor(
      _: unknown,
      readonly said: string[],
    ) {}
    [Symbol.dispose]() {
      this.said.push("Symbol.dispose");
    }
    dispose() {
      this.said.push("dispose");
    }
  }
  class One {
    constructor(
      _: unknown,
      readonly said: string[],
    ) {}
    dispose() {
      this.said.push("dispose");
    }
  }

  test.each([
    ["asyncDispose", Three],
    ["Symbol.dispose", Two],
    ["dispose", One],
  ])("%s", async (disposer, target) => {
    expect(await saidAtTheEnd(target, [1, 2, 3])).toEqual([disposer, disposer, disposer]);
  });

  test("dispose with a parameter is something else, as in tsyringe", async () => {
    class Picky {
      dispose(force: boolean) {
        throw new Error(`called with ${force}`);
      }
    }
    expect(await saidAtTheEnd(Picky, [1, 2])).toEqual([]);
  });

  test("it is called as a method, without arguments", async () => {
    class Curious {
      constructor(
        _: unknown,
        readonly said: string[],
      ) {}
      [Symbol.dispose](...args: unknown[]) {
        this.said.push(`${args.length} arguments`);
      }
    }
    expect(await saidAtTheEnd(Curious, [1, 2])).toEqual(["0 arguments", "0 arguments"]);
  });
});

describe("a disposer that only some instances have is never lost", () => {
  type Said = string[];
  const end = Symbol.asyncDispose;
  const make = (said: Said) => () => void said.push("disposed");
  function attach(to: object, said: Said) {
    Object.defineProperty(to, end, { value: make(said) });
  }
  function attachToThis(this: object, said: Said) {
    attach(this, said);
  }

  class Assigned {
    dispose?: () => void;
    constructor(has: boolean, said: Said) {
      if (has) this.dispose = make(said);
    }
  }
  class AssignedBySymbol {
    constructor(has: boolean, said: Said) {
      if (has) (this as Partial<AsyncDisposable>)[Symbol.asyncDispose] = async () => make(said)();
    }
  }
  class AssignedByConstant {
    [key: symbol]: unknown;
    constructor(has: boolean, said: Said) {
      if (has) this[end] = make(said);
    }
  }
  class ComputedField {
    [end]: unknown = undefined;
    constructor(has: boolean, said: Said) {
      if (has) this[end] = make(said);
    }
  }
  class ObjectAssign {
    constructor(has: boolean, said: Said) {
      Object.assign(this, has ? { [end]: make(said) } : {});
    }
  }
  class HandedOn {
    constructor(has: boolean, said: Said) {
      if (has) attach(this, said);
    }
  }
  class HandedOnByCall {
    constructor(has: boolean, said: Said) {
      if (has) attachToThis.call(this, said);
    }
  }
  class HandedOnInAMethod {
    constructor(has: boolean, said: Said) {
      if (has) this.#init(said);
    }
    #init(said: Said) {
      const self = this; // oxlint-disable-line no-this-alias
      attach(self, said);
    }
  }
  class Inherited extends HandedOn {
    readonly more = 1;
  }
  class BeyondAProxy extends (new Proxy(HandedOn, {})) {
    readonly more = 1;
  }
  const OfAProxy = new Proxy(HandedOn, {});
  const Bound = HandedOn.bind(null);
  function OfOld(this: object, has: boolean, said: Said) {
    if (has) attach(this, said);
  }

  test.each([
    Assigned,
    AssignedBySymbol,
    AssignedByConstant,
    ComputedField,
    ObjectAssign,
    HandedOn,
    HandedOnByCall,
    HandedOnInAMethod,
    Inherited,
    BeyondAProxy,
    OfAProxy,
    Bound,
    OfOld,
  ] as Constructor[])("%o", async (target) => {
    expect(await saidAtTheEnd(target, [false, true, false, true])).toEqual(["disposed", "disposed"]);
  });

  test("one that comes with an object is used instead of the one of the class", async () => {
    class Wrapper {
      constructor(
        given: object,
        readonly said: Said,
      ) {
        Object.assign(this, given);
      }
      [Symbol.dispose]() {
        this.said.push("its class's");
      }
    }
    const own = {
      async [end](this: Wrapper) {
        this.said.push("its own");
      },
    };
    expect(await saidAtTheEnd(Wrapper, [{}, own, {}])).toEqual(["its class's", "its own", "its class's"]);
  });

  test("one that an instance sets aside, by its name or by a field, is not called", async () => {
    class Base {
      constructor(
        _: unknown,
        readonly said: Said,
      ) {}
      dispose() {
        this.said.push("disposed");
      }
    }
    class ByName extends Base {
      constructor(has: boolean, said: Said) {
        super(has, said);
        if (!has) (this as { dispose?: unknown }).dispose = undefined;
      }
    }
    class ByField extends Base {
      override dispose = undefined as never;
    }
    expect(await saidAtTheEnd(ByName, [true, false, true])).toEqual(["disposed", "disposed"]);
    expect(await saidAtTheEnd(ByField, [true, true])).toEqual([]);
  });

  test("one that a getter gives is found, though the getter works for instances only", async () => {
    class Getter {
      readonly #end: (() => void) | undefined;
      constructor(has: boolean, said: Said) {
        this.#end = has ? make(said) : undefined;
      }
      get [Symbol.dispose]() {
        return this.#end;
      }
    }
    expect(await saidAtTheEnd(Getter, [false, true, true])).toEqual(["disposed", "disposed"]);
  });

  test("one that an instance was made without is not called", async () => {
    class Detached {
      constructor(
        has: boolean,
        readonly said: Said,
      ) {
        if (!has) Object.defineProperty(this, "dispose", { value: undefined });
      }
      dispose() {
        this.said.push("disposed");
      }
    }
    expect(await saidAtTheEnd(Detached, [true, false, true])).toEqual(["disposed", "disposed"]);
  });
});

describe("a class whose constructor returns another object", () => {
  class Pooled {
    constructor(given: object | undefined) {
      if (given !== undefined) return given;
    }
  }

  test("gives that object, also after it had returned its own", () => {
    const other = { pooled: true };
    const container = new Container();
    let next: object | undefined;
    container.register("given", { useFactory: () => next }).register(Pooled, { useClass: Pooled, deps: ["given"] });
    expect(container.resolve(Pooled)).toBeInstanceOf(Pooled);
    next = other;
    expect(container.resolve(Pooled)).toBe(other);
  });

  test("that object's disposer is not lost, and its lack is no failure", async () => {
    const said: string[] = [];
    const disposable = { dispose: () => said.push("disposed") };
    expect(await saidAtTheEnd(Pooled, [undefined, undefined, disposable, {}])).toEqual([]);
    expect(said).toEqual(["disposed"]);
  });

  test("and whose own instances have a disposer: each has its own end", async () => {
    class Client {
      constructor(
        given: object | undefined,
        readonly said: string[],
      ) {
        if (given !== undefined) return given as never;
      }
      dispose() {
        this.said.push("its class's");
      }
    }
    const said: string[] = [];
    const other = { [Symbol.dispose]: () => said.push("the other's") };
    expect(await saidAtTheEnd(Client, [undefined, undefined, other, {}, undefined])).toEqual(
      Array(3).fill("its class's"),
    );
    expect(said).toEqual(["the other's"]);
  });
});

test("what a factory returns is looked at each time", async () => {
  const said: string[] = [];
  let made = 0;
  const make = () => (made++ % 2 === 0 ? {} : { dispose: () => said.push("disposed") });
  const container = new Container().register("made", { useFactory: make }, { lifecycle: Lifecycle.Transient });
  await container.runInScope((scope) => [1, 2, 3, 4].map(() => scope.resolve("made")));
  expect(said).toEqual(["disposed", "disposed"]);
});

describe.each<[where: string, put: (prototype: object, key: PropertyKey, disposer: () => void) => void]>([
  ["method", (prototype, key, value) => void Object.defineProperty(prototype, key, { value })],
  ["getter", (prototype, key, disposer) => void Object.defineProperty(prototype, key, { get: () => disposer })],
])("a %s that the prototype of a class was given", (_, put) => {
  test.each([[Symbol.asyncDispose], [Symbol.dispose], ["dispose"]])("as %o is found", async (key) => {
    let ended = 0;
    class Base {}
    class Connection extends Base {}
    put(Base.prototype, key, () => void ended++);
    const container = new Container().register(
      Connection,
      { useClass: Connection, deps: [] },
      { lifecycle: Lifecycle.ContextScoped },
    );
    await container.runInScope(() => container.resolve(Connection));
    expect(ended).toBe(1);
  });
});

const strict = (values: object) =>
  new Proxy(values, {
    get(target, key) {
      if (key in target) return Reflect.get(target, key);
      throw new ReferenceError(`${String(key)} is not configured`);
    },
  });

test("a strict object, which throws for what it does not have, is a value like any", async () => {
  const said: string[] = [];
  const container = new Container()
    .register("config", { useFactory: () => strict({ port: 80 }) }, { lifecycle: Lifecycle.Singleton })
    .register(
      "pool",
      { useFactory: () => strict({ dispose: () => said.push("disposed") }) },
      { lifecycle: Lifecycle.Singleton },
    );
  expect(container.resolve<{ port: number }>("config").port).toBe(80);
  container.resolve("pool");
  await container.dispose();
  expect(said).toEqual(["disposed"]);
});

describe.each([Lifecycle.Transient, Lifecycle.ContextScoped])(
  "with lifetime %i, from the first instance to the sixth",
  (lifecycle) => {
    const six = [1, 2, 3, 4, 5, 6];

    test("a class of strict objects is built, and disposed where they can be", async () => {
      class Strict {
        constructor(values: object) {
          // biome-ignore lint/correctness/noConstructorReturn: as strict objects are made
          return strict(Object.assign(this, values));
        }
      }
      const said: string[] = [];
      const container = new Container()
        .register("config", { useFactory: () => ({ port: 80 }) })
        .register("pool", { useFactory: () => ({ port: 90, dispose: () => said.push("disposed") }) })
        .register("strict config", { useClass: Strict, deps: ["config"] }, { lifecycle })
        .register("strict pool", { useClass: Strict, deps: ["pool"] }, { lifecycle });
      const ports = (scope: Scope) =>
        ["config", "pool"].map((each) => scope.resolve<{ port: number }>(`strict ${each}`).port);
      for (const _ of six) expect(await container.runInScope(ports)).toEqual([80, 90]);
      expect(said).toEqual(six.map(() => "disposed"));
    });

    test("what throws when its disposer is read is refused with that, and is asked anew", async () => {
      class Broken {
        get dispose() {
          throw new Error("gone");
        }
      }
      const container = new Container().register(Broken, Broken, { lifecycle });
      for (const _ of six) {
        await container.runInScope((scope) => {
          expect(() => scope.resolve(Broken)).toThrow("gone");
          expect(() => scope.resolve(Broken)).toThrow("gone");
        });
      }
    });
  },
);

test("what throws when its disposer is read is not built in silence", () => {
  const failure = new Error("gone");
  const broken = {
    get dispose() {
      throw failure;
    },
  };
  const container = new Container().register(
    "broken",
    { useFactory: () => broken },
    { lifecycle: Lifecycle.Singleton },
  );
  expect(() => container.resolve("broken")).toThrow(failure);
});

test("a function with a disposer is disposed like an object", async () => {
  const said: string[] = [];
  const send = Object.assign(() => {}, { [Symbol.dispose]: () => said.push("disposed") });
  const container = new Container().register(
    "send",
    { useFactory: () => send },
    { lifecycle: Lifecycle.ContextScoped },
  );
  await container.runInScope((scope) => void scope.resolve("send"));
  expect(said).toEqual(["disposed"]);
});
