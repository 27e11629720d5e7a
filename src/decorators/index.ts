/** Class decorators: tsyringe's, and two more. They register in ambit's default container. */
import { container } from "../container/container.js";
import type { Provider, RegistrationOptions } from "../container/api.js";
import { Lifecycle } from "../container/lifecycle.js";
import type { Constructor, InjectionToken } from "../container/token.js";

type ClassDecoratorOf = <T>(target: Constructor<T>) => void;
