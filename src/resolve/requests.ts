/** What a registration asks for, whether its decorators or its `deps` say it. */
import { AmbitError, beginPath, MissingTypeInfoError } from "../errors.js";
import type { Plan } from "../plan/plan.js";
import { type Dep, MarkedDep } from "../registry/dep.js";
import { type Parameter, parameterName, parametersOf } from "../registry/metadata.js";
import { refTargetOf } from "../registry/ref.js";
import type { Registration } from "../registry/registration.js";
import { type Constructor, type InjectionToken, isDelayed, nameOfToken } from "../registry/token.js";
import { assertNeedsNoRegistration } from "./unregistered.js";
import type { View } from "./view.js";

/** One dependency as it is asked for. */
export interface Request extends Parameter {
  /** `ref` and `proxy` find the instance of the current scope later; nothing is built for them now. */
  readonly as?: "ref" | "proxy" | undefined;
  /** `parameter #0 (tx)`. */
  readonly via: string;
  /** tsyringe's sentence for a failure below; it has none for aliases. */
  readonly sentence?: string | undefined;
}

/** What a registration needs, in order. */
export function requestsOf(plan: Plan, registration: Registration): readonly Request[] {
  const { provider, kind, name } = registration;
  if (provider.deps !== undefined) return requestsOfDeps(provider.deps as readonly Dep[], name);
  if (kind === "useToken") return [aliasRequest(provider.useToken as InjectionToken)];
  if (kind !== "useClass") return [];
  if (isDelayed(provider.useClass)) return [aliasRequest(provider.useClass)];
  try {
    assertNeedsNoRegistration(registration, plan.place as View);
    return requestsOfClass(provider.useClass as Constructor);
  } catch (error) {
    if (error instanceof AmbitError) beginPath(error, plan.step());
    throw error;
  }
}

function aliasRequest(token: InjectionToken): Request {
  return { token, multiple: false, optional: false, via: "alias" };
}

/**
 * What the constructor of a class asks for.
 *
 * @throws MissingTypeInfoError ERR_AMBIT_MISSING_TYPE_INFO when nothing describes one of its parameters
 */
export function requestsOfClass(given: Constructor): readonly Request[] {
  const { target, from } = remaining.get(given) ?? { target: given, from: 0 };
  const info = parametersOf(target, from);
  if ("unknownAt" in info) throw undescribed(target, info.unknownAt, info.type);
  const requests = info.map((parameter, index) => {
    const name = parameterName(target, index);
    const via = `parameter #${index}${name === undefined ? "" : ` (${name})`}`;
    return { ...throughRef(parameter), via, sentence: sentenceOf(target, index) };
  });
  return requests.slice(from);
}

/** tsyringe's sentence. */
function sentenceOf(target: Constructor, index: number): string {
  const name = parameterName(target, index);
  const position = `${name === undefined ? "" : `"${name}" `}at position #${index}`;
  return `Cannot inject the dependency ${position} of "${nameOfToken(target)}" constructor. Reason:`;
}

function undescribed(target: Constructor, index: number | undefined, type?: Constructor): MissingTypeInfoError {
  const className = nameOfToken(target);
  return index === undefined || type === undefined
    ? MissingTypeInfoError.of(className, index)
    : MissingTypeInfoError.saysNothing(nameOfToken(type), index, className, sentenceOf(target, index));
}

/** A constructor, and the position from which on it lacks arguments. */
interface Remaining {
  readonly target: Constructor;
  readonly from: number;
}

const remaining = new WeakMap<Constructor, Remaining>();

/** A class that is given what `target` asks for from position `from` on, and keeps it. */
export function remainingArguments(target: Constructor, from: number): Constructor<{ given: readonly unknown[] }> {
  class Arguments {
    readonly given: readonly unknown[];
    constructor(...given: unknown[]) {
      this.given = given;
    }
  }
  remaining.set(Arguments, { target, from });
  return Object.defineProperty(Arguments, "name", { value: nameOfToken(target) });
}

function throughRef(parameter: Parameter): Parameter & { as?: "ref" | "proxy" } {
  const target = refTargetOf(parameter.token);
  return target === undefined ? parameter : { ...parameter, token: target.token, as: target.kind };
}

/** What `deps` asks for. */
export function requestsOfDeps(deps: readonly Dep[], owner: string): readonly Request[] {
  return deps.map((entry, index) => ({
    ...requestOfDep(entry),
    via: `dependency #${index}`,
    sentence: `Cannot inject the dependency at position #${index} of the provider of "${owner}". Reason:`,
  }));
}

function requestOfDep(entry: Dep): Parameter & { as?: "ref" | "proxy" | undefined } {
  if (!(entry instanceof MarkedDep)) return { token: entry, multiple: false, optional: false };
  const { token, kind } = entry;
  const as = kind === "ref" || kind === "proxy" ? kind : undefined;
  return { token, multiple: kind === "all", optional: kind === "optional", as };
}
