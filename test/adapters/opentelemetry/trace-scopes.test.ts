/** Spans of scopes: whose children they are, what they say, and what becomes their child. */
import { EventEmitter } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { context, propagation, ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { Container, copyContext, Lifecycle } from "ambit";
import { AmbitContextManager, traceScopes, type TraceScopesOptions } from "ambit/opentelemetry";

const perScope = { lifecycle: Lifecycle.ContextScoped } as const;

function traced(
  options: TraceScopesOptions = {},
  manager: AmbitContextManager | AsyncLocalStorageContextManager = new AmbitContextManager(),
) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer("test");
  context.setGlobalContextManager(manager.enable());
  const tracing = traceScopes({ tracer, ...options });
  onTestFinished(() => tracing.stop());
  const spans = () => exporter.getFinishedSpans();
  const named = (name: string) => spans().find((span) => span.name === name);
  return { tracer, tracing, spans, named };
}

afterEach(() => context.disable());

test("what begins in a scope, after an await too, is a child of its span; its span, of the one that was active", async () => {
  const { tracer, named } = traced();
  const container = new Container();
  await tracer.startActiveSpan("incoming", async (incoming) => {
    await container.runInScope({ name: "request" }, async () => {
      await nextTurn();
      tracer.startActiveSpan("query", (query) => query.end());
      await container.runInScope({ name: "inner" }, () => tracer.startSpan("deep").end());
    });
    incoming.end();
  });
  const idOf = (name: string) => named(name)?.spanContext().spanId;
  expect(named("request")?.parentSpanContext?.spanId).toBe(idOf("incoming"));
  expect(named("query")?.parentSpanContext?.spanId).toBe(idOf("request"));
  expect(named("inner")?.parentSpanContext?.spanId).toBe(idOf("request"));
  expect(named("deep")?.parentSpanContext?.spanId).toBe(idOf("inner"));
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
  expect(built?.parentSpanContext?.spanId).toBe(all.named("job")?.spanContext().spanId);
  expect(built?.attributes).toEqual({ "ambit.lifetime": "context-scoped", "ambit.path": ["Slow"] });
  all.tracing.stop();
  context.disable();
  const none = traced({ slowBuild: 60_000 });
  await container.runInScope({ name: "job" }, (scope) => scope.resolveAsync("Slow"));
  expect(none.spans().map(({ name }) => name)).toEqual(["job"]);
});

test("with OpenTelemetry's own context manager scopes have spans, too, with the right parent", async () => {
  const { tracer, named } = traced({}, new AsyncLocalStorageContextManager());
  await tracer.startActiveSpan("incoming", async (incoming) => {
    await new Container().runInScope({ name: "request" }, () => nextTurn());
    incoming.end();
  });
  expect(named("request")?.parentSpanContext?.spanId).toBe(named("incoming")?.spanContext().spanId);
});

test("listeners of a bound emitter have its context, and can be removed", () => {
  const manager = new AmbitContextManager();
  const key = Symbol("key");
  const emitter = manager.bind(ROOT_CONTEXT.setValue(key, "bound"), new EventEmitter());
  const heard: unknown[] = [];
  const listener = () => heard.push(manager.active().getValue(key));
  emitter.on("event", listener).once("event", listener);
  emitter.emit("event");
  emitter.off("event", listener).emit("event");
  emitter.once("event", listener).off("event", listener).emit("event");
  expect(heard).toEqual(["bound", "bound"]);
});

test("a context that travels is printed without what is in it", () => {
  traced();
  const shown = context.with(ROOT_CONTEXT.setValue(Symbol("k"), "value"), () => copyContext());
  expect(JSON.stringify(shown)).not.toContain("value");
  expect(propagation.fields()).toEqual([]);
});
