/** Async providers that wait for their turn: builds and their ends overlap though no class has been changed. */
import { isAsyncGenerator } from "../plan/generator.js";
import type { AnyProvider, Registration } from "../registry/registration.js";
import type { Director } from "./director.js";

/** The registration with a provider that begins, and a generator that ends, when the director says so. */
export function delayed(registration: Registration, director: Director): Registration {
  const { kind, name, provider } = registration;
  if (kind === "useAsyncFactory") return withProvider(registration, delayedFactory(provider, name, director));
  if (!isAsyncGenerator(provider.useGenerator)) return registration;
  return withProvider(registration, delayedGenerator(provider, name, director));
}

function withProvider(registration: Registration, provider: AnyProvider): Registration {
  return Object.create(registration, { provider: { value: provider } }) as Registration;
}

/** A provider may be an object of a class. */
function withMethod(provider: AnyProvider, method: Partial<AnyProvider>): AnyProvider {
  return Object.assign(Object.create(provider) as AnyProvider, method);
}

// Both wait before they begin: what is built already would be lost if its owner ended while it waits.

function delayedFactory(provider: AnyProvider, name: string, director: Director): AnyProvider {
  const useAsyncFactory = async (...args: unknown[]) => {
    await director.wait(`${name} is built`, true);
    return provider.useAsyncFactory?.(...args);
  };
  return withMethod(provider, { useAsyncFactory });
}

function delayedGenerator(provider: AnyProvider, name: string, director: Director): AnyProvider {
  const useGenerator = async function* (...args: unknown[]) {
    await director.wait(`${name} is built`, true);
    const steps = provider.useGenerator?.(...args) as AsyncGenerator<unknown, unknown, unknown>;
    yield* steps;
  };
  return withMethod(provider, { useGenerator });
}
