/** Spans of scopes: whose children they are, what they say, and what becomes their child. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { context, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { Container, Lifecycle, type Outcome } from "ambit";
import { traceScopes } from "ambit/opentelemetry";
import { expect, onTestFinished, test } from "vitest";
import { traced } from "./traced.js";

const perScope = { lifecycle: Lifecycle.ContextScoped } as const;

test("what begins in a scope, after an await too, is a child of its span; its span, of the one that was active", async () => {
  const { tracer, parentOf, idOf } = traced();
  const container = new Container();
  await tracer.startActiveSpan("incoming", async (incoming) => {
    await container.runInScope({ name: "request" }, async () => {
      await nextTurn();
      tracer.startActiveSpan("query", (query) => query.end());
      await container.runInScope({ name: "inner" }, () => tracer.startSpan("deep").end());
    });
    incoming.end();
  });
  expect(parentOf("request")).toBe(idOf("incoming"));
  expect(parentOf("query")).toBe(idOf("request"));
  expect(parentOf("inner")).toBe(idOf("request"));
  expect(parentOf("deep")).toBe(idOf("inner"));
});

test("the parent of a scope is the active span, and not the scope around it", async () => {
  const { tracer, parentOf, idOf } = traced();
  const container = new Container();
  await container.runInScope(async () => {
    await tracer.startActiveSpan("import", async (span) => {
      await container.runInScope({ name: "row" }, () => {});
      span.end();
    });
  });
  expect(parentOf("row")).toBe(idOf("import"));
});

test("concurrent scopes keep their own spans active, and nothing is active afterwards", async () => {
  const { tracer, spans, named } = traced();
  const container = new Container();
  const work = (name: string) =>
    container.runInScope({ name }, async () => {
      for (let i = 0; i < 3; i++) {
        await nextTurn();
        tracer.startSpan(`in ${name}`).end();
      }
    });
  await Promise.all(["a", "b", "c"].map(work));
  for (const name of ["a", "b", "c"]) {
    const inside = spans().filter((span) => span.name === `in ${name}`);
    expect(inside.map((span) => span.parentSpanContext?.spanId)).toEqual(
      Array(3).fill(named(name)?.spanContext().spanId),
    );
  }
  expect(trace.getActiveSpan()).toBeUndefined();
});

test("a parent from elsewhere stays the parent", async () => {
  const { named } = traced();
  const remote = {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
    isRemote: true,
  };
  const incoming = trace.setSpanContext(ROOT_CONTEXT, remote);
  await context.with(incoming, () => new Container().runInScope({ name: "request" }, () => nextTurn()));
  expect(named("request")?.spanContext().traceId).toBe(remote.traceId);
  expect(named("request")?.parentSpanContext?.spanId).toBe(remote.spanId);
});

test("a span says the outcome, and how much was built and disposed", async () => {
  const { named } = traced();
  const container = new Container();
  container.register("Db", { useFactory: () => ({ dispose() {} }) }, perScope);
  await container.runInScope({ name: "job", origin: "nightly" }, (scope) => void scope.resolve("Db"));
  expect(named("job")?.attributes).toMatchObject({
    "ambit.outcome": "success",
    "ambit.built": 1,
    "ambit.disposed": 1,
    "ambit.scope.origin": "nightly",
  });
  expect(named("job")?.status.code).toBe(SpanStatusCode.UNSET);
});

test("a build that throws is recorded once, and the scope's error is its span's", async () => {
  const { named } = traced();
  const container = new Container();
  const boom = new Error("boom");
  container.register(
    "Bad",
    {
      useFactory: () => {
        throw boom;
      },
    },
    perScope,
  ); // prettier-ignore
  container.register("Holder", { useFactory: (of) => of.resolve("Bad") }, perScope);
  await expect(container.runInScope({ name: "job" }, (scope) => scope.resolve("Holder"))).rejects.toBe(boom);
  expect(named("job")?.events.map(({ name, attributes }) => [name, attributes?.["exception.message"]])).toEqual([
    ["exception", "boom"],
  ]);
  expect(named("job")?.status).toEqual({ code: SpanStatusCode.ERROR, message: "boom" });
});

test("an abort is an outcome, and no error", async () => {
  const { named } = traced();
  const abort = new AbortController();
  const work = new Container().runInScope({ name: "job", signal: abort.signal }, async ({ signal }) => {
    abort.abort(new Error("the client left"));
    signal.throwIfAborted();
  });
  await expect(work).rejects.toThrow("the client left");
  expect(named("job")?.attributes).toMatchObject({
    "ambit.outcome": "aborted",
    "ambit.abort_reason": "the client left",
  });
  expect(named("job")?.status.code).toBe(SpanStatusCode.UNSET);
});

test("a build has a span from the threshold on", async () => {
  const container = new Container();
  container.register("Slow", { useAsyncFactory: () => nextTurn() }, perScope);
  const all = traced({ slowBuild: 0 });
  await container.runInScope({ name: "job" }, (scope) => scope.resolveAsync("Slow"));
  const built = all.named("build Slow");
  expect(all.parentOf("build Slow")).toBe(all.idOf("job"));
  expect(built?.attributes).toEqual({ "ambit.lifetime": "context-scoped", "ambit.path": ["Slow"] });
});

test("the span of a build is its scope's child, wherever it is asked for", async () => {
  const { parentOf, idOf } = traced({ slowBuild: 0 });
  const container = new Container().register("Quick", { useFactory: () => ({}) }, perScope);
  const scope = container.createScope({ name: "job" });
  scope.resolve("Quick");
  await scope.close();
  expect(parentOf("build Quick")).toBe(idOf("job"));
});

test("a build below the threshold has none", async () => {
  const { spans } = traced({ slowBuild: 60_000 });
  const container = new Container().register("Quick", { useAsyncFactory: () => nextTurn() }, perScope);
  await container.runInScope({ name: "job" }, (scope) => scope.resolveAsync("Quick"));
  expect(spans().map(({ name }) => name)).toEqual(["job"]);
});

test("the span of a slow build that throws says so, and is no build of its scope", async () => {
  const { named } = traced({ slowBuild: 0 });
  const container = new Container();
  container.register("Bad", { useAsyncFactory: () => Promise.reject(new Error("boom")) }, perScope);
  await container.runInScope({ name: "job" }, (scope) => scope.resolveAsync("Bad").catch(() => {}));
  expect(named("build Bad")?.status).toEqual({ code: SpanStatusCode.ERROR, message: "boom" });
  expect(named("job")?.attributes["ambit.built"]).toBe(0);
});

test("what disposers throw is recorded, and makes an error of a span that was a success", async () => {
  const { named } = traced();
  const work = new Container().runInScope({ name: "job" }, (scope) => {
    for (const message of ["first", "second"])
      scope.defer(() => {
        throw new Error(message);
      });
  });
  await expect(work).rejects.toMatchObject({ code: "ERR_AMBIT_DISPOSAL" });
  const { events, status, attributes } = named("job")!;
  expect(events.map((event) => event.attributes?.["exception.message"])).toEqual(["second", "first"]);
  expect([status, attributes["ambit.outcome"]]).toEqual([{ code: SpanStatusCode.ERROR, message: "second" }, "success"]);
});

test.each<Outcome>([
  { status: "error", error: Object.create(null) },
  { status: "aborted", reason: Object.create(null) },
])("a span ends whatever was thrown, though no text can be made of it: $status", async (outcome) => {
  const { named } = traced();
  const scope = new Container().createScope({ name: "job" });
  await scope.close(outcome);
  expect(named("job")?.attributes["ambit.outcome"]).toBe(outcome.status);
});

test("a span says which scope it is of, in which container, and inside which", async () => {
  const { named } = traced();
  const container = new Container();
  const outer = container.createScope({ name: "outer" });
  const inner = container.createScope({ name: "inner", parent: outer });
  await outer.close();
  expect(named("inner")?.attributes).toMatchObject({
    "ambit.scope.id": inner.id,
    "ambit.scope.name": "inner",
    "ambit.scope.parent_id": outer.id,
    "ambit.container.id": container.id,
  });
});

test("a span is named as its scope, or as it is told", async () => {
  const { tracing, spans } = traced();
  const container = new Container();
  await container.runInScope(() => {});
  tracing.stop();
  const told = traced({ spanName: ({ origin }) => `for ${origin}` });
  await container.runInScope({ origin: "GET /" }, () => {});
  expect([...spans(), ...told.spans()].map(({ name }) => name)).toEqual(["scope", "for GET /"]);
});

test("a span is told to the global provider where no tracer is given", async () => {
  const { provider, tracing, named } = traced();
  tracing.stop();
  trace.setGlobalTracerProvider(provider);
  onTestFinished(() => trace.disable());
  using _ = traceScopes();
  await new Container().runInScope({ name: "job" }, () => {});
  expect(named("job")?.instrumentationScope.name).toBe("ambit");
});

test("when it is stopped, the spans of open scopes end, and there are no more", async () => {
  const { tracing, spans } = traced();
  const container = new Container();
  const open = container.createScope({ name: "open" });
  tracing.stop();
  expect(spans().map(({ name, attributes }) => [name, attributes["ambit.outcome"]])).toEqual([["open", undefined]]);
  await open.close();
  await container.runInScope({ name: "later" }, () => {});
  expect(spans()).toHaveLength(1);
});

test("the span of an entered scope is not active, as the Context is its caller's", async () => {
  const { named } = traced();
  const container = new Container();
  const token = container.enterScope({ name: "entered" });
  expect(trace.getActiveSpan()).toBeUndefined();
  await token[Symbol.asyncDispose]();
  expect(named("entered")).toBeDefined();
});

test("with OpenTelemetry's own context manager scopes have spans, too, with the right parent", async () => {
  const { tracer, parentOf, idOf } = traced({}, new AsyncLocalStorageContextManager());
  await tracer.startActiveSpan("incoming", async (incoming) => {
    await new Container().runInScope({ name: "request" }, () => nextTurn());
    incoming.end();
  });
  expect(parentOf("request")).toBe(idOf("incoming"));
});

test("there a scope in another one has the span of that as its parent, where none is active", async () => {
  const { parentOf, idOf } = traced({}, new AsyncLocalStorageContextManager());
  const container = new Container();
  await container.runInScope({ name: "outer" }, () => container.runInScope({ name: "inner" }, () => nextTurn()));
  expect(parentOf("inner")).toBe(idOf("outer"));
});
