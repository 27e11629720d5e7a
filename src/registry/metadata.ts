/**
 * What the decorators wrote about a class: its parameters, tsyringe's own decorators included, and its lifetime.
 *
 * The only file that reads metadata: `design:paramtypes` from the compiler, `injectionTokens` from `@inject` and its kin,
 * and what ambit's class decorators leave there.
 */
import type { RegistrationOptions } from "./api.js";
import "./tsyringe.js";
import { ownConstructor, withSuperclasses } from "./source.js";
import { type Constructor, type InjectionToken, isClass } from "./token.js";

/** What to inject as one parameter. */
export interface Parameter {
  /** `undefined` where a class was not there yet when its decorator ran: modules that import each other. */
  readonly token: InjectionToken | undefined;
  readonly multiple: boolean;
  readonly optional: boolean;
  readonly transform?: { readonly token: InjectionToken; readonly args: readonly unknown[] };
}

/** What tsyringe's decorators write for a parameter. */
interface Descriptor {
  readonly token: InjectionToken;
  readonly multiple?: boolean;
  readonly isOptional?: boolean;
  readonly transform?: InjectionToken;
  readonly transformArgs?: readonly unknown[];
}

/** The parameters of a constructor, or the position of the first that nothing describes, and its type if that says nothing. */
export type ParameterInfo = readonly Parameter[] | Undescribed;

interface Undescribed {
  readonly unknownAt: number | undefined;
  readonly type?: Constructor | undefined;
}

/** What the compiler emits where a type is no class, so that it says nothing. */
const SAYS_NOTHING = new Set<unknown>([Object, Function, Array, Promise, String, Number, Boolean, Symbol, BigInt]);

/** Classes whose constructor hands on what it is given. */
const handingOn = new WeakSet<Constructor>();

/** Says that `target` takes what its superclass takes, though it has a constructor of its own. */
export function handsOn(target: Constructor): void {
  handingOn.add(target);
}

/**
 * Reads what is known of the parameters of `target`; of its superclass where it has no constructor of its own.
 *
 * @param from the first position of which something must be known; the caller has arguments for those before it
 */
export function parametersOf(target: Constructor, from = 0): ParameterInfo {
  const types: unknown[] | undefined = Reflect.getOwnMetadata("design:paramtypes", target);
  const tokens: Record<number, unknown> | undefined = Reflect.getOwnMetadata("injectionTokens", target);
  if (types === undefined && tokens === undefined) return inheritedOrNone(target, from);
  const count = Math.max(types?.length ?? 0, target.length, ...Object.keys(tokens ?? {}).map((key) => Number(key) + 1));
  const written = Array.from({ length: count }, (_, index) => tokens?.[index] ?? types?.[index]);
  const isUnknown = (entry: unknown, index: number) => SAYS_NOTHING.has(entry) || !(types || index in (tokens ?? {}));
  const unknownAt = written.findIndex((entry, index) => index >= from && isUnknown(entry, index));
  return unknownAt >= 0 ? { unknownAt, type: written[unknownAt] as Constructor } : written.map(parameterFrom);
}

function inheritedOrNone(target: Constructor, from: number): ParameterInfo {
  const parent: unknown = Object.getPrototypeOf(target);
  if (isClass(parent) && parent !== Function.prototype && constructorOf(target) === undefined)
    return parametersOf(parent, from);
  return target.length <= from ? [] : { unknownAt: undefined };
}

/** The text of a constructor that takes something of its own. */
function constructorOf(target: Constructor): string | undefined {
  return handingOn.has(target) ? undefined : ownConstructor(target);
}

function parameterFrom(written: unknown): Parameter {
  if (!isDescriptor(written)) return { token: written as InjectionToken | undefined, multiple: false, optional: false };
  const { token, multiple = false, isOptional = false, transform, transformArgs = [] } = written;
  const plain = { token, multiple, optional: isOptional };
  return transform === undefined ? plain : { ...plain, transform: { token: transform, args: transformArgs } };
}

function isDescriptor(written: unknown): written is Descriptor {
  return typeof written === "object" && written !== null && "token" in written;
}

/** The name of a parameter, for an error; `undefined` where the source does not show it. */
export function parameterName(target: Constructor, index: number): string | undefined {
  const [own] = [...withSuperclasses(target)].flatMap((part) => constructorOf(part) ?? []);
  const [, names] = /^constructor\s*\(([\w$,\s]+)\)/.exec(own ?? "") ?? [];
  return names?.split(",")[index]?.trim();
}

// In metadata, which copies of ambit in one program share: to one of them a class of the other would have no lifetime.
const DECLARED_OPTIONS = "ambit:options";
const ANSWERED_BY = "ambit:answeredBy";

/** Remembers with a class with which options its decorator registers it. */
export function declareOptions(target: Constructor, options: RegistrationOptions): void {
  Reflect.defineMetadata(DECLARED_OPTIONS, options, target);
}

/** With which options the decorator of this very class registers it; `undefined` where none has said how long it lives. */
export function declaredOptions(target: Constructor): RegistrationOptions | undefined {
  return Reflect.getOwnMetadata(DECLARED_OPTIONS, target);
}

/** Remembers with a class that another one answers to it: `@contextScoped({ token: Repository }) class PgRepository`. */
export function declareAnswer(token: Constructor, target: Constructor): void {
  Reflect.defineMetadata(ANSWERED_BY, target, token);
}

/** The class which said last that it answers to this one. */
export function declaredAnswer(token: Constructor): Constructor | undefined {
  return Reflect.getOwnMetadata(ANSWERED_BY, token);
}
