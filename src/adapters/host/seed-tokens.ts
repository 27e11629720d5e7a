/** The tokens under which instances of a request find what the host gave its handler. */
import { container as defaultContainer } from "../../container/container.js";
import { RegistrationError } from "../../errors.js";
import type { DependencyContainer } from "../../registry/api.js";
import type { Token } from "../../registry/token.js";

/** Lets the container know that each scope will be given what these tokens stand for. */
export function registerSeeds(container: DependencyContainer, tokens: readonly Token<any>[]): void {
  if (typeof container?.isRegistered !== "function") {
    throw new RegistrationError(
      "Cannot open scopes for requests: what scopePerRequest was given is no container.",
      "scopePerRequest(container), and options after it: scopePerRequest(container, { onError }).",
    );
  }
  for (const token of tokens) if (!container.isRegistered(token, true)) container.register(token, { useSeed: true });
}

/** Registers them in the default container: whoever mentions them there may be looked at before an app is. */
export function seedTokens<T extends readonly Token<any>[]>(...tokens: T): T {
  registerSeeds(defaultContainer, tokens);
  return tokens;
}
