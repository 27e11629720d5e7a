/** Containers of another library, asked for what nobody registered here. */
import type { Source } from "./plan.js";
import { Registration } from "./registration.js";
import type { InjectionToken } from "./token.js";

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
