/** What decorators ask for that only a registration can give. */
import { RegistrationError } from "../errors.js";
import { declaredAnswer } from "../registry/metadata.js";
import type { Registration } from "../registry/registration.js";
import { type Constructor, nameOfToken } from "../registry/token.js";
import type { View } from "./view.js";

/**
 * Refuses to build a class that nobody registered as if its decorators had said less.
 *
 * @throws RegistrationError ERR_AMBIT_REGISTRATION for a class that another one stands for, and for one that is eager
 */
export function assertNeedsNoRegistration(registration: Registration, view: View): void {
  if (!view.isImplicit(registration)) return;
  const { token, name, eager } = registration;
  const answer = declaredAnswer(token as Constructor);
  if (answer !== undefined) throw answeredElsewhere(name, nameOfToken(answer));
  if (eager) throw askedTooLate(name);
}

function answeredElsewhere(name: string, answer: string): RegistrationError {
  return new RegistrationError(
    `Cannot build ${name}: nobody registered it here, and ${answer} is decorated with { token: ${name} } to stand for it.`,
    `container.register(${name}, { useToken: ${answer} }), or container.register(${name}, ${name}) for the class itself.`,
  );
}

function askedTooLate(name: string): RegistrationError {
  return new RegistrationError(
    `Cannot build ${name}: nobody registered it here, and its decorator says eager: it is to be built when a worker starts, before anybody asks for it.`,
    `container.register(${name}, ${name}, { lifecycle: Lifecycle.ThreadScoped, eager: true }).`,
  );
}
