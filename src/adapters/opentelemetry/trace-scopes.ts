/** Makes spans of what the channels tell. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { trace, type Tracer } from "@opentelemetry/api";
import type {
  Channels,
  DisposeMessage,
  ResolveMessage,
  ScopeCloseMessage,
  ScopeOpenMessage,
} from "../../scope/channels.js";
import { opening } from "../../scope/channels.js";
import { ScopeSpan } from "./scope-span.js";

/** What `traceScopes` may be told. */
export interface TraceScopesOptions {
  /** Default: the tracer "ambit" of OpenTelemetry's global provider. */
  readonly tracer?: Tracer | undefined;
  /** From how many milliseconds on a build has a span of its own. Default: 10. */
  readonly slowBuild?: number | undefined;
  /** The name of a scope's span. Default: its name, else "scope"; what it is for is an attribute, as there may be many. */
  readonly spanName?: ((message: ScopeOpenMessage) => string) | undefined;
}

/** What `traceScopes` gives. */
export interface Tracing extends Disposable {
  /** Makes no more spans. Those of open scopes end now, without an outcome. */
  stop(): void;
}

/**
 * Gives each scope of this thread a span, from now on: a child of the one that is active where the scope opens. With
 * `AmbitContextManager` it is the active span in the scope, and what libraries do there becomes its children.
 *
 * Builds that took long are its children; what they and disposers throw is recorded. A scope of `enterScope` has a span
 * which is not active: the Context is not the scope's own.
 */
export function traceScopes({ tracer, slowBuild = 10, spanName = nameOf }: TraceScopesOptions = {}): Tracing {
  const spans = new Map<string, ScopeSpan>();
  const using = tracer ?? trace.getTracer("ambit");
  const listeners: [keyof Channels, (message: unknown) => void][] = [
    [
      "ambit:scope.open",
      (message) => {
        const opened = message as ScopeOpenMessage;
        const around = opened.parentId === undefined ? undefined : spans.get(opened.parentId);
        spans.set(opened.scopeId, new ScopeSpan(using, spanName(opened), opened, opening.scope, around));
      },
    ],
    [
      "ambit:scope.close",
      (message) => {
        const closed = message as ScopeCloseMessage;
        if (closed.step === "begin") return;
        spans.get(closed.scopeId)?.end(closed);
        spans.delete(closed.scopeId);
      },
    ],
    [
      "ambit:resolve",
      (message) => {
        const resolved = message as ResolveMessage;
        if (resolved.built) spans.get(resolved.scopeId ?? "")?.built(resolved, slowBuild);
      },
    ],
    [
      "ambit:dispose",
      (message) => {
        const disposed = message as DisposeMessage;
        spans.get(disposed.scopeId ?? "")?.disposed();
      },
    ],
  ];
  for (const [name, listener] of listeners) subscribe(name, listener);
  const stop = () => {
    for (const [name, listener] of listeners) unsubscribe(name, listener);
    for (const span of spans.values()) span.abandon();
    spans.clear();
  };
  return { stop, [Symbol.dispose]: stop };
}

function nameOf({ name }: ScopeOpenMessage): string {
  return name ?? "scope";
}
