/** Containers of another library, asked for what nobody registered here. */
import { Registration } from "../registry/registration.js";
import type { InjectionToken } from "../registry/token.js";
import type { Plan, Source } from "./plan.js";

/** Another container beside one of ours. It owns what it gives. */
export interface Foreign {
  /** Whether it has a registration of its own for `token`. */
  knows(token: InjectionToken): boolean;
  resolve(token: InjectionToken): unknown;
  resolveAll(token: InjectionToken): unknown[];
  /** Hears of what was registered here. */
  learn(registration: Registration): void;
}

/** What stands for a token that only another container knows. */
export class ForeignRegistration extends Registration {
  constructor(
    token: InjectionToken,
    readonly from: Foreign,
  ) {
    super(token, { useFactory: () => from.resolve(token) }, {});
  }

  /** All that the other container has for it. */
  all(): Source {
    const get = () => this.from.resolveAll(this.token);
    return { get, getAsync: get, async: false };
  }
}

/**
 * Has `inner` give what `elsewhere` finds, where that finds something. Joined containers do not say what they hear of:
 * what nobody knew when its plan was made has to be looked for each time.
 */
export function unlessFound(inner: Source, elsewhere: () => Plan | undefined): Pick<Source, "get" | "getAsync"> {
  const { get, getAsync } = inner;
  return {
    get: (home, resolution) => {
      const found = elsewhere();
      return found === undefined ? get(home, resolution) : found.get(home, resolution);
    },
    getAsync: (home, resolution, waiter) => {
      const found = elsewhere();
      return found === undefined ? getAsync(home, resolution, waiter) : found.getAsync(home, resolution, waiter);
    },
  };
}
