/**
 * Context variables on their own: `ambit/context`, without a container and without reflect-metadata.
 *
 * @module ambit/context
 */
export {
  AmbitError,
  ContextKeyError,
  ContextLookupError,
  ContextStateError,
  ContextTokenError,
} from "../errors.js";
export { bindContext, Context, copyContext } from "./context.js";
export { ContextToken, ContextVar } from "./context-var.js";
export type { Codec, ContextVarOptions } from "./options.js";
