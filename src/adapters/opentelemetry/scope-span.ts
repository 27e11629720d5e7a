/** The span of one scope. */
import { type Context, context, type Span, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import type { ContextCell } from "../../context/cell.js";
import { positionOf, withValue } from "../../context/variables.js";
import type { ResolveMessage, ScopeCloseEndMessage, ScopeOpenMessage } from "../../scope/channels.js";
import { messageOf } from "../../thrown.js";
import { activeContext } from "./active-context.js";

export class ScopeSpan {
  readonly #tracer: Tracer;
  readonly #span: Span;
  /** In which the span is the active one. */
  readonly #context: Context;
  #built = 0;
  #disposed = 0;
  /** What was recorded last: an error on its way out of a graph is told of by each holder. */
  #recorded: unknown;

  /**
   * @param cell the scope's own Context, in which the span becomes the active one
   * @param around the span of the scope around it, for one that is opened where none is active
   */
  constructor(
    tracer: Tracer,
    name: string,
    message: ScopeOpenMessage,
    cell: ContextCell | undefined,
    around?: ScopeSpan,
  ) {
    const active = context.active();
    const parent = trace.getSpan(active) === undefined && around !== undefined ? around.#context : active;
    this.#tracer = tracer;
    this.#span = tracer.startSpan(name, { attributes: attributesOf(message) }, parent);
    this.#context = trace.setSpan(parent, this.#span);
    if (cell !== undefined) {
      cell.vars = withValue(cell.vars, positionOf(cell.vars, activeContext), activeContext, this.#context);
    }
  }

  /** @param slow from how many milliseconds on it has a span of its own */
  built({ name, lifetime, path, duration, failed, error }: ResolveMessage, slow: number): void {
    if (failed) this.#record(error);
    else this.#built++;
    if (duration < slow) return;
    // By the clock that the SDK takes, so that parents begin before their children.
    const end = Date.now();
    const attributes = { "ambit.lifetime": lifetime, "ambit.path": [...path] };
    const span = this.#tracer.startSpan(`build ${name}`, { startTime: end - duration, attributes }, this.#context);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
    span.end(end);
  }

  disposed(): void {
    this.#disposed++;
  }

  end({ outcome, reason, failures }: ScopeCloseEndMessage): void {
    const span = this.#span;
    span.setAttributes({
      "ambit.outcome": outcome,
      "ambit.built": this.#built,
      "ambit.disposed": this.#disposed,
    });
    if (outcome === "aborted") span.setAttribute("ambit.abort_reason", messageOf(reason));
    const errors = outcome === "error" ? [reason, ...failures] : failures;
    for (const error of errors) this.#record(error);
    if (errors.length > 0) span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(errors[0]) });
    span.end();
  }

  /** Nobody will hear of its end. */
  abandon(): void {
    this.#span.end();
  }

  #record(error: unknown): void {
    if (error === this.#recorded) return;
    this.#recorded = error;
    this.#span.recordException(error instanceof Error ? error : messageOf(error));
  }
}

function attributesOf({ scopeId, name, origin, parentId, containerId }: ScopeOpenMessage) {
  return {
    "ambit.scope.id": scopeId,
    "ambit.container.id": containerId,
    ...(name !== undefined && { "ambit.scope.name": name }),
    ...(origin !== undefined && { "ambit.scope.origin": origin }),
    ...(parentId !== undefined && { "ambit.scope.parent_id": parentId }),
  };
}
