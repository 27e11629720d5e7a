/** Scopes with spans, and what became of these. */
import { type ContextManager, context } from "@opentelemetry/api";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { AmbitContextManager, type TraceScopesOptions, traceScopes } from "ambit/opentelemetry";
import { onTestFinished } from "vitest";

/** Traces until the test has ended, with the tracer of a provider that keeps the spans. */
export function traced(options: TraceScopesOptions = {}, manager: ContextManager = new AmbitContextManager()) {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer("test");
  context.setGlobalContextManager(manager.enable());
  const tracing = traceScopes({ tracer, ...options });
  onTestFinished(() => {
    tracing.stop();
    context.disable();
  });
  const spans = () => exporter.getFinishedSpans();
  const named = (name: string) => spans().find((span) => span.name === name);
  const parentOf = (name: string) => named(name)?.parentSpanContext?.spanId;
  const idOf = (name: string) => named(name)?.spanContext().spanId ?? `no span "${name}" has ended`;
  return { provider, tracer, tracing, spans, named, parentOf, idOf };
}
