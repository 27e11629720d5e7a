/** Names that lead back to themselves. */
import { RegistrationError } from "../errors.js";
import type { Registration } from "../registry/registration.js";
import { type InjectionToken, nameOfToken } from "../registry/token.js";
import type { View } from "../resolve/view.js";

/** tsyringe's check, made when a name is registered for another. */
export function assertNoTokenCycle(view: View, token: InjectionToken, registration: Registration): void {
  const path = [token];
  for (
    let next = registration.provider.useToken;
    next !== undefined;
    next = view.registrations.get(next)?.at(-1)?.provider.useToken
  ) {
    path.push(next);
    if (path.indexOf(next) < path.length - 1) {
      throw new RegistrationError(`Token registration cycle detected! ${path.map(nameOfToken).join(" -> ")}`);
    }
  }
}
