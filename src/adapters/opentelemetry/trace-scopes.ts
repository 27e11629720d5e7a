/** Makes spans of what the channels tell. */
import { type Tracer, trace } from "@opentelemetry/api";
import { listen } from "../../insight/listen.js";
import { opening, type ScopeOpenMessage } from "../../scope/channels.js";
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
  const unlisten = listen({
    "ambit:scope.open": (message) => {
      const around = spans.get(message.parentId ?? "");
      spans.set(message.scopeId, new ScopeSpan(using, spanName(message), message, opening.scope, around));
    },
    "ambit:scope.close": (message) => {
      if (message.step === "begin") return;
      spans.get(message.scopeId)?.end(message);
      spans.delete(message.scopeId);
    },
    "ambit:resolve": (message) => {
      if (message.built) spans.get(message.scopeId ?? "")?.built(message, slowBuild);
    },
    "ambit:dispose": ({ scopeId }) => spans.get(scopeId ?? "")?.disposed(),
  });
  const stop = () => {
    unlisten();
    for (const span of spans.values()) span.abandon();
    spans.clear();
  };
  return { stop, [Symbol.dispose]: stop };
}

function nameOf({ name }: ScopeOpenMessage): string {
  return name ?? "scope";
}
