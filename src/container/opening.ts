/** Opens scopes: whose parent is whose, and what a nested one sees. */
import type { ContextCell } from "../context/cell.js";
import { ContainerDisposedError, ScopeStateError } from "../errors.js";
import { flightOf } from "../plan/flight.js";
import { scopeIn } from "../plan/scope-in.js";
import type { Scope, ScopeOptions } from "../registry/api.js";
import type { View } from "../resolve/view.js";
import { now, numberOf, opening, SCOPE_OPEN } from "../scope/channels.js";
import { CLOSED, OPEN } from "../scope/owner.js";
import { OpenedScope } from "./opened-scope.js";

/** Opens a scope of the container of `view`, for work that goes on in a fork of the Context `from`. */
export function openScope(view: View, from: ContextCell, options: ScopeOptions | undefined): OpenedScope {
  if (view.closing) throw new ContainerDisposedError();
  const { family } = view;
  const parent = options?.parent === undefined ? implicitParent(from, family) : explicitParent(options.parent, family);
  view.host.keepAlive();
  // A nested scope sees the overrides of those around it.
  const scope = new OpenedScope(parent === undefined ? view : view.inside(parent.place), parent, from);
  if (options !== undefined) scope.prepare(options);
  if (options?.parent !== null) joinSurroundings(scope, from);
  family.guard?.opened(scope);
  if (SCOPE_OPEN.hasSubscribers) announceOpen(scope);
  return scope;
}

function announceOpen(scope: OpenedScope): void {
  const { id, name, parentId, container, extras, place } = scope;
  const outer = opening.scope;
  opening.scope = scope;
  // Node catches what subscribers throw.
  SCOPE_OPEN.publish({
    scopeId: id,
    name,
    parentId,
    containerId: numberOf(container),
    origin: extras?.origin,
    openedAt: place.family.guard?.originOf(scope),
    time: now(),
  });
  opening.scope = outer;
}

/** What is no work of its own belongs to what goes on around it. */
function joinSurroundings(scope: OpenedScope, from: ContextCell): void {
  // A build waits for what it opens a scope for.
  if (from.flight !== undefined) scope.flight = flightOf(from);
  const around = from.scope as OpenedScope | undefined;
  if (around !== undefined && around.family !== scope.family) scope.more.around = around;
}

/** The current scope. One that has closed is no parent any more; one that is closing takes no new scopes. */
function implicitParent(from: ContextCell, family: object): OpenedScope | undefined {
  const current = scopeIn(from, family) as OpenedScope | undefined;
  if (current === undefined || current.phase === OPEN) return current;
  if (current.phase === CLOSED) return undefined;
  throw current.ended("open a scope inside it");
}

function explicitParent(parent: Scope | null, family: object): OpenedScope | undefined {
  if (parent === null) return undefined;
  if (!(parent instanceof OpenedScope) || parent.family !== family) {
    throw new ScopeStateError(
      "Cannot open a scope inside one of an unrelated container.",
      "give a scope of the same root container, or null.",
    );
  }
  if (parent.phase !== OPEN) throw parent.ended("open a scope inside it");
  return parent;
}
