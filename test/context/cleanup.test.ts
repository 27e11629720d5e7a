/** What runs when a token is reset: onReset, and onResetAsync, which is awaited. */
import { ContextStateError, ContextTokenError, ContextVar, copyContext } from "ambit/context";
import { describe, expect, test } from "vitest";
import { deferred } from "../support/deferred.js";
import { everywhere } from "./states.js";

describe.each(everywhere)("$name", ({ run }) => {
  test("onReset is called once, with the value that the token's set had installed", () =>
    run(() => {
      const closed: string[] = [];
      const db = new ContextVar<string>("db", { onReset: (value) => closed.push(value) });
      const first = db.set("first");
      db.set("second");
      db.reset(first);
      expect(closed).toEqual(["first"]);
    }));

  test("onReset finds the old value in place", () =>
    run(() => {
      const seen: string[] = [];
      const db: ContextVar<string> = new ContextVar("db", { onReset: () => seen.push(db.get()) });
      db.set("old");
      db.reset(db.set("new"));
      expect(seen).toEqual(["old"]);
    }));

  test("onReset is called for falsy values too", () =>
    run(() => {
      const closed: unknown[] = [];
      const db = new ContextVar<unknown>("db", { onReset: (value) => closed.push(value) });
      for (const value of [undefined, null, 0, ""]) db.reset(db.set(value));
      expect(closed).toEqual([undefined, null, 0, ""]);
    }));

  test("what onReset throws arrives as it is; the value is back, the token used, nothing called again", () =>
    run(() => {
      const failure = new Error("close failed");
      let calls = 0;
      const fail = () => {
        calls++;
        throw failure;
      };
      const db = new ContextVar<string>("db", { onReset: fail });
      const token = db.set("new");
      expect(() => db.reset(token)).toThrow(failure);
      token[Symbol.dispose]();
      expect([db.get("none"), token.used, calls]).toEqual(["none", true, 1]);
    }));

  test("a refused reset calls no cleanup", () =>
    run(() => {
      const closed: string[] = [];
      const db = new ContextVar<string>("db", { onReset: (value) => closed.push(value) });
      const token = db.set("new");
      expect(() => copyContext().run(() => db.reset(token))).toThrow(ContextTokenError);
      expect(closed).toEqual([]);
    }));

  test("a token that onReset resets once more is refused", () =>
    run(() => {
      const db: ContextVar<string> = new ContextVar("db", { onReset: () => db.reset(token) });
      const token = db.set("new");
      expect(() => db.reset(token)).toThrow(ContextStateError);
    }));

  test("the sync reset of a variable with an async cleanup is refused, and the token stays usable", async () => {
    await run(async () => {
      const closed: string[] = [];
      const db = new ContextVar<string>("db", { onResetAsync: async (value) => void closed.push(value) });
      const token = db.set("new");
      expect(() => db.reset(token)).toThrow(ContextStateError);
      expect(() => db.reset(token)).toThrow(expect.objectContaining({ code: "ERR_AMBIT_CONTEXT_STATE" }));
      expect([db.get(), token.used, closed]).toEqual(["new", false, []]);
      await db.resetAsync(token);
      expect([db.get("none"), token.used, closed]).toEqual(["none", true, ["new"]]);
    });
  });

  test("using a token of a variable with an async cleanup is refused", () =>
    run(() => {
      const db = new ContextVar<string>("db", { onResetAsync: async () => {} });
      const wrong = () => {
        using _ = db.set("new");
      };
      expect(wrong).toThrow(ContextStateError);
    }));

  test("a used token of a variable with an async cleanup is used first of all", async () => {
    await run(async () => {
      const db = new ContextVar<string>("db", { onResetAsync: async () => {} });
      const token = db.set("new");
      await db.resetAsync(token);
      expect(() => token[Symbol.dispose]()).not.toThrow();
      expect(() => db.reset(token)).toThrow("used once already");
    });
  });

  test("resetAsync puts the old value back before it returns, and settles after the cleanup", async () => {
    await run(async () => {
      const log: string[] = [];
      const closing = deferred();
      const db = new ContextVar<string>("db", {
        onResetAsync: () => closing.promise.then(() => void log.push("closed")),
      });
      db.set("old");
      const done = db.resetAsync(db.set("new")).then(() => log.push("reset"));
      expect(db.get()).toBe("old");
      closing.resolve();
      await done;
      expect(log).toEqual(["closed", "reset"]);
    });
  });

  test("resetAsync calls the cleanup before it returns", () =>
    run(() => {
      const closed: string[] = [];
      const db = new ContextVar<string>("db", { onResetAsync: async (value) => void closed.push(value) });
      const done = db.resetAsync(db.set("new"));
      expect(closed).toEqual(["new"]);
      return done;
    }));

  test("resetAsync works for a variable with a sync cleanup, and for one with none", async () => {
    await run(async () => {
      const closed: string[] = [];
      const db = new ContextVar<string>("db", { onReset: (value) => closed.push(value) });
      const plain = new ContextVar<string>("plain");
      await db.resetAsync(db.set("new"));
      await plain.resetAsync(plain.set("new"));
      expect([closed, db.get("none"), plain.get("none")]).toEqual([["new"], "none", "none"]);
    });
  });

  test("await using resets at the end of its block, and awaits the cleanup", async () => {
    await run(async () => {
      const log: string[] = [];
      const close = async (value: string) => {
        await Promise.resolve();
        log.push(`closed ${value}`);
      };
      const db = new ContextVar<string>("db", { onResetAsync: close });
      {
        await using _ = db.set("new");
        log.push(`using ${db.get()}`);
      }
      log.push("after");
      expect([log, db.get("none")]).toEqual([["using new", "closed new", "after"], "none"]);
    });
  });

  test("of two concurrent resets of one token the second is refused, and the cleanup runs once", async () => {
    await run(async () => {
      let calls = 0;
      const closing = deferred();
      const onResetAsync = () => {
        calls++;
        return closing.promise;
      };
      const db = new ContextVar<string>("db", { onResetAsync });
      const token = db.set("new");
      const first = db.resetAsync(token);
      await expect(db.resetAsync(token)).rejects.toThrow(ContextStateError);
      closing.resolve();
      await first;
      expect(calls).toBe(1);
    });
  });

  test("a token of another Context rejects resetAsync, and stays usable", async () => {
    await run(async () => {
      const db = new ContextVar<string>("db", { onResetAsync: async () => {} });
      const token = db.set("new");
      await expect(copyContext().run(() => db.resetAsync(token))).rejects.toThrow(ContextTokenError);
      expect([db.get(), token.used]).toEqual(["new", false]);
    });
  });

  test("what onResetAsync throws or rejects with arrives as it is", async () => {
    await run(async () => {
      const failure = new Error("close failed");
      const fail = () => {
        throw failure;
      };
      const throwing = new ContextVar<string>("throwing", { onResetAsync: fail });
      const rejecting = new ContextVar<string>("rejecting", { onResetAsync: () => Promise.reject(failure) });
      await expect(throwing.resetAsync(throwing.set("new"))).rejects.toBe(failure);
      await expect(rejecting.resetAsync(rejecting.set("new"))).rejects.toBe(failure);
    });
  });

  test("onResetAsync follows onReset, also when that throws", async () => {
    await run(async () => {
      const log: string[] = [];
      const failure = new Error("sync");
      const onReset = () => {
        log.push("sync");
        throw failure;
      };
      const db = new ContextVar<string>("db", { onReset, onResetAsync: async () => void log.push("async") });
      await expect(db.resetAsync(db.set("new"))).rejects.toBe(failure);
      expect(log).toEqual(["sync", "async"]);
    });
  });

  test("when both cleanups fail, neither failure is lost", async () => {
    await run(async () => {
      const [one, two] = [new Error("sync"), new Error("async")];
      const onReset = () => {
        throw one;
      };
      const db = new ContextVar<string>("db", { onReset, onResetAsync: () => Promise.reject(two) });
      const failure = await db.resetAsync(db.set("new")).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: "ERR_AMBIT_DISPOSAL", errors: [one, two] });
    });
  });

  test("run calls no cleanup", () =>
    run(() => {
      const closed: string[] = [];
      const db = new ContextVar<string>("db", { onReset: (value) => closed.push(value) });
      db.run("new", () => {});
      expect(closed).toEqual([]);
    }));
});
