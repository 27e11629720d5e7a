/** Who asks a container. */
import { currentCell } from "../context/cell.js";
import { flightOf } from "../plan/flight.js";
import { currentFrame, Holding, homeOf } from "../plan/frame.js";
import type { Home, Plan } from "../plan/plan.js";
import { scopeIn } from "../plan/scope-in.js";

/** For whom something is asked, and what would hold it. */
export interface Asker {
  /** For whom it is asked. */
  readonly home: Home;
  /** What is being built and would hold it; `undefined` where that cannot live longer. */
  readonly holder?: Plan | undefined;
}

/** Who asks: a constructor or factory for what it builds, an async build, the current scope, or nobody in particular. */
export function askerOf(outside: Home): Asker {
  const frame = currentFrame();
  if (frame !== undefined && homeOf(frame).family === outside.family) {
    return { home: homeOf(frame), holder: frame instanceof Holding ? frame.plan : undefined };
  }
  const cell = currentCell();
  const flight = flightOf(cell);
  // In a scope that it has opened a factory asks for that scope.
  const own = flight !== undefined && flight.current === cell.scope && flight.home.family === outside.family;
  if (own) return { home: flight.home, holder: flight.holder };
  return { home: scopeIn(cell, outside.family) ?? outside };
}
