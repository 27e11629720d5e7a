/** The way in which the provider of a registration makes a value. */
import { generatorMaker } from "../plan/generator.js";
import { asyncFactoryMaker, classMaker, factoryMaker, type Maker } from "../plan/make.js";
import type { Get, Plan, Source } from "../plan/plan.js";
import { constantSource } from "../plan/sources.js";
import type { Registration } from "../registry/registration.js";
import { type Constructor, isDelayed } from "../registry/token.js";
import { Lifespan } from "../scope/lifespan.js";
import { keeperFor } from "./keeper.js";
import type { View } from "./view.js";
import { watchedMaker } from "./watched-builds.js";

/** The second argument of a factory: the scope it builds for, if any. */
const scopeOf: Get = (home) => (home instanceof Lifespan ? home : undefined);
const scopeSource: Source = { get: scopeOf, getAsync: scopeOf, async: false };

/** Makes what `plan` stands for, from what its edges give; with a guard, stand-ins for what lives in scopes. */
export function makerOf(plan: Plan, registration: Registration): Maker {
  const { guard, watched } = (plan.place as View).family;
  const bare = bareMaker(plan, guard?.instead?.(registration) ?? registration);
  const maker = watched && registration.kind !== "useToken" ? watchedMaker(plan, bare) : bare;
  return guard?.around(plan, registration, maker) ?? maker;
}

function bareMaker(plan: Plan, registration: Registration): Maker {
  const { provider, kind, owned } = registration;
  const { container } = plan.place;
  const keeper = keeperFor(plan, registration, plan.place as View);
  const given = [constantSource(container), scopeSource, ...(keeper === undefined ? [] : [constantSource(keeper)])];
  const sources = provider.deps === undefined && kind !== "useClass" ? given : plan.edges.map(({ source }) => source);
  if (kind === "useFactory") return factoryMaker(plan, registration, sources);
  if (kind === "useAsyncFactory") return asyncFactoryMaker(plan, registration, sources);
  if (kind === "useGenerator") return generatorMaker(plan, registration, sources);
  const [alias] = plan.edges;
  if (alias !== undefined && (kind === "useToken" || isDelayed(provider.useClass))) {
    return {
      make: (home, resolution) => alias.source.get(home, resolution),
      makeAsync: (...args) => alias.source.getAsync(...args),
    };
  }
  return classMaker(plan, provider.useClass as Constructor, sources, owned);
}
