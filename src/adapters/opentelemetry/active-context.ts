/** OpenTelemetry's active context, as a context variable: it follows flows, forks and scopes as every other does. */
import { type Context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { ContextVar } from "../../context/context-var.js";

/**
 * It travels to worker threads, as far as OpenTelemetry's propagators take it (`traceparent`); a worker that loads
 * `ambit/opentelemetry` goes on with it.
 */
export const activeContext = new ContextVar<Context>("opentelemetry.context", {
  default: ROOT_CONTEXT,
  secret: true,
  travels: {
    encode: (context: Context) => {
      const carrier: Record<string, string> = {};
      propagation.inject(context, carrier);
      return carrier;
    },
    decode: (carrier: unknown) => propagation.extract(ROOT_CONTEXT, carrier),
  },
});
