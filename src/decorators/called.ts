/** Decorators that are made by a call: `@singleton()`. As `@singleton` they would put a function in the class's place. */
import { RegistrationError } from "../errors.js";
import { nameOfToken } from "../registry/token.js";

/**
 * @param written how it is to be written
 * @throws RegistrationError ERR_AMBIT_REGISTRATION for a class, which no class decorator takes as its first argument
 */
export function assertCalled(written: string, first: unknown): void {
  if (typeof first !== "function") return;
  const [decorator] = written.split("(");
  throw new RegistrationError(
    `Cannot decorate ${nameOfToken(first)}: ${decorator} makes a decorator, and was given the class.`,
    `write ${written}, with parentheses.`,
  );
}
