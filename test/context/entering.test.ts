/** A Context is entered by one piece of work at a time; bindContext goes back into the one it was bound in. */
import { EventEmitter } from "node:events";
import { bindContext, Context, ContextStateError, ContextVar, copyContext } from "ambit/context";
import { describe, expect, test } from "vitest";
import { callStack } from "#src/context/cell.js";
import { deferred } from "../support/deferred.js";
import { everywhere, inTheRoot } from "./states.js";

describe.each(everywhere)("$name", ({ run }) => {
  test("a Context cannot be entered from inside itself", () =>
    run(() => {
      const context = new Context();
      let entered = 0;
      const again = () => context.run(() => entered++);
      expect(() => context.run(again)).toThrow(ContextStateError);
      expect(() => context.run(again)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_CONTEXT_STATE" }));
      expect(entered).toBe(0);
    }));

  test.each([
    ["another Context", <R>(fn: () => R) => new Context().run(fn)],
    ["a copy of it", <R>(fn: () => R) => copyContext().run(fn)],
    ["a variable's run", <R>(fn: () => R) => new ContextVar("other").run(1, fn)],
    ["several others", <R>(fn: () => R) => new Context().run(() => copyContext().run(() => new Context().run(fn)))],
  ])("a Context cannot be entered through %s", (_, through) =>
    run(() => {
      const context = new Context();
      const again = () => through(() => context.run(() => {}));
      expect(() => context.run(again)).toThrow(ContextStateError);
    }),
  );

  test("a Context cannot be entered in a continuation that runs in it", async () => {
    await run(async () => {
      const context = new Context();
      const work = context.run(async () => {
        await Promise.resolve();
        context.run(() => {});
      });
      await expect(work).rejects.toThrow(ContextStateError);
    });
  });

  test("nor through another Context in a continuation that runs in it", async () => {
    await run(async () => {
      const context = new Context();
      const work = context.run(async () => {
        await Promise.resolve();
        copyContext().run(() => new Context().run(() => context.run(() => {})));
      });
      await expect(work).rejects.toThrow(ContextStateError);
    });
  });

  test("a Context can be entered again when its run has ended, also by a throw or a refusal", () =>
    run(() => {
      const context = new Context();
      const fail = () => {
        throw new Error("no");
      };
      context.run(() => {});
      expect(() => context.run(fail)).toThrow("no");
      expect(() => context.run(() => copyContext().run(() => context.run(fail)))).toThrow(ContextStateError);
      expect(context.run(() => "entered")).toBe("entered");
    }));

  test("a Context can be entered while other work in it awaits", async () => {
    await run(async () => {
      const user = new ContextVar<string>("user");
      const context = copyContext();
      const paused = deferred();
      const waiting = context.run(async () => {
        await paused.promise;
        return user.get();
      });
      context.run(() => user.set("ada"));
      paused.resolve();
      expect(await waiting).toBe("ada");
    });
  });

  test("a Context can be entered next to itself", () =>
    run(() => {
      const context = new Context();
      expect(new Context().run(() => [context.run(() => 1), context.run(() => 2)])).toEqual([1, 2]);
    }));

  test("a bound function runs in the Context in which it was bound, not in its caller's", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const bound = copyContext().run(() => {
        user.set("ada");
        return bindContext(() => user.get());
      });
      expect([bound(), user.run("bob", bound)]).toEqual(["ada", "ada"]);
    }));

  test("a bound function sees what was set there later, and sets it there", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const read = bindContext(() => user.get());
      const write = bindContext((name: string) => void user.set(name));
      user.set("ada");
      expect(user.run("bob", read)).toBe("ada");
      new Context().run(write, "eve");
      expect(user.get()).toBe("eve");
    }));

  test("a token can be reset by a function bound in its Context", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const token = user.set("ada");
      const reset = bindContext(() => user.reset(token));
      new Context().run(reset);
      expect(user.get("nobody")).toBe("nobody");
    }));

  test("a bound function can be called while its Context is entered, and from inside itself", () =>
    run(() => {
      const user = new ContextVar<number>("user", { default: 0 });
      const down: (depth: number) => number = bindContext((depth) => {
        user.set(depth);
        return depth === 0 ? user.get() : new Context().run(down, depth - 1);
      });
      expect([down(5), new Context().run(() => down(5)), user.get()]).toEqual([0, 0, 0]);
    }));

  test("after a bound function its caller is in its own Context again, also when it throws", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const bound = new Context().run(() =>
        bindContext((fails: boolean) => {
          user.set("inside");
          if (fails) throw new Error("no");
        }),
      );
      user.set("outside");
      bound(false);
      expect(() => bound(true)).toThrow("no");
      expect(user.get()).toBe("outside");
    }));

  test("the Contexts below a bound function stay entered", () =>
    run(() => {
      const context = new Context();
      const outside = bindContext(() => context.run(() => {}));
      expect(() => context.run(outside)).toThrow(ContextStateError);
      expect(() => context.run(() => new Context().run(outside))).toThrow(ContextStateError);
    }));

  test("the Context of a bound function is entered while that runs", () =>
    run(() => {
      const context = new Context();
      const bound = context.run(() => bindContext(() => context.run(() => {})));
      const through = context.run(() => bindContext(() => new Context().run(() => context.run(() => {}))));
      expect(bound).toThrow(ContextStateError);
      expect(through).toThrow(ContextStateError);
      expect(context.run(() => "entered")).toBe("entered");
    }));

  test("a Context stays entered after a function that was bound in it has entered another one", () =>
    run(() => {
      const context = new Context();
      const bound = context.run(() => bindContext(() => new Context().run(() => {})));
      const afterwards = () => {
        bound();
        context.run(() => {});
      };
      expect(() => context.run(() => new Context().run(afterwards))).toThrow(ContextStateError);
    }));

  test("a bound function follows its Context through every await", async () => {
    await run(async () => {
      const user = new ContextVar<string>("user");
      const bound = copyContext().run(() => {
        user.set("ada");
        return bindContext(async () => {
          await Promise.resolve();
          return user.get();
        });
      });
      expect(await new Context().run(bound)).toBe("ada");
    });
  });

  test("a listener that one request adds runs in that request when another one emits", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const events = new EventEmitter();
      const seen: string[] = [];
      user.run("ada", () =>
        events.on(
          "bound",
          bindContext(() => seen.push(user.get())),
        ),
      );
      user.run("ada", () => events.on("loose", () => seen.push(user.get())));
      user.run("eve", () => [events.emit("bound"), events.emit("loose")]);
      expect(seen).toEqual(["ada", "eve"]);
    }));
});

describe.each(inTheRoot)("$name", ({ run }) => {
  test("a function bound in the root refuses a rootless variable, wherever it is called", () =>
    run(() => {
      const user = new ContextVar<string>("user", { rootless: true });
      const bound = bindContext(() => user.set("ada"));
      expect(() => new Context().run(bound)).toThrow(ContextStateError);
    }));

  test("a function bound in the root sets what every flow that did not fork sees", () =>
    run(() => {
      const user = new ContextVar<string>("user");
      const bound = bindContext(() => void user.set("ada"));
      new Context().run(bound);
      expect(user.get()).toBe("ada");
    }));
});

test("a bound function passes on this, its arguments and its result", () => {
  const counter = {
    count: 1,
    add: bindContext(function (this: { count: number }, one: number, two: number) {
      return this.count + one + two;
    }),
  };
  expect(counter.add(2, 3)).toBe(6);
});

test("a bound function has the name and the length of the function", () => {
  const handler = bindContext(function onError(_error: Error, _ctx: object, _next: () => void) {});
  expect([handler.name, handler.length]).toEqual(["onError", 3]);
});

test("the name and the length of a bound function can be redefined, as those of any function", () => {
  const handler = bindContext(() => {});
  Object.defineProperties(handler, { name: { value: "traced" }, length: { value: 4 } });
  expect([handler.name, handler.length]).toEqual(["traced", 4]);
});

test.each([undefined, null, {}, "fn"])("%o instead of a function is a TypeError of bindContext", (fn) => {
  expect(() => bindContext(fn as never)).toThrow(TypeError);
});

test("entering hides what the caller is building, and brings it back", () => {
  const frame = {};
  const fail = () => {
    throw new Error("no");
  };
  callStack.frame = frame;
  try {
    const seen = new Context().run(() => callStack.frame);
    expect(() => new Context().run(fail)).toThrow("no");
    expect([seen, callStack.frame]).toEqual([undefined, frame]);
  } finally {
    callStack.frame = undefined;
  }
});
