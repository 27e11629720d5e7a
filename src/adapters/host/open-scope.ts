/** Opens the scope of a request. */
import { currentCell } from "../../context/cell.js";
import type { DependencyContainer, Scope, ScopeOptions } from "../../registry/api.js";
import type { Host } from "./host.js";
import { type LiveScope, requestOf } from "./live-scope.js";
import type { HostOptions, Who } from "./options.js";

/**
 * A scope for the request of `who`, with its seeds; `undefined` when the request has one of the container already, which
 * is given the seeds.
 */
export function openScope<W extends Who>(
  container: DependencyContainer,
  who: W,
  { seeds }: HostOptions<W>,
  host: Host<W>,
): Scope | undefined {
  const outer = requestOf(who[0]);
  const own = requestIn(container, who[0])?.scope;
  const scope = own ?? container.createScope(new RequestOptions(host, who, outer));
  try {
    if (own === undefined) host.seed(scope, ...who);
    if (seeds !== undefined) for (const [token, value] of seeds(...who)) scope.seed(token, value);
  } catch (error) {
    if (own === undefined) void scope.end({ status: "error", error });
    throw error;
  }
  return own === undefined ? scope : undefined;
}

/** The request that `given` belongs to and that has an open scope of `container`. */
export function requestIn(container: DependencyContainer, given: object): LiveScope | undefined {
  let request = requestOf(given);
  while (request !== undefined && (request.closed || request.scope.container !== container)) request = request.outer;
  return request;
}

/** How a request's scope is opened. What it is for is put into words only when somebody asks. */
class RequestOptions<W extends Who> implements ScopeOptions {
  readonly parent: null | undefined;
  readonly #host: Host<W>;
  readonly #who: W;

  constructor(host: Host<W>, who: W, outer: LiveScope | undefined) {
    this.#host = host;
    this.#who = who;
    // The scopes of two containers for one request know of each other; any other that is current is not the request's:
    // a server that was started inside a scope must not chain its requests to it.
    this.parent = outer !== undefined && currentCell().scope === outer.scope ? undefined : null;
  }

  get origin(): string {
    return this.#host.titleOf(...this.#who);
  }
}
