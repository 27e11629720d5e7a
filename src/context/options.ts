/** What a context variable is made with. */
import { assertFunction, wrongType } from "./arguments.js";

/** How a value is sent to another thread: `encode` runs where it is sent, `decode` where it arrives. */
export interface Codec<T> {
  /** Gives something that a structured clone copies faithfully. */
  encode(value: T): unknown;
  /** Gives the value back, in the thread where it arrives. */
  decode(encoded: any): T;
}

/** What a `ContextVar` can be told about its values. */
export interface ContextVarOptions<T> {
  /** What `get` gives where nothing is set; `{ default: undefined }` is a default too. */
  default?: T;
  /** Called after the old value was put back, with the value that the token's `set` had installed. */
  onReset?: (value: T) => void;
  /** As `onReset`, and awaited: such a variable is reset by `resetAsync` or `await using`. Runs after `onReset`. */
  onResetAsync?: (value: T) => PromiseLike<void>;
  /** Sends the value along with work for another thread: as a structured clone, or through a codec. */
  travels?: true | Codec<T>;
  /** Refuses `set` in the root Context, where every flow that did not fork would see the value. */
  rootless?: boolean;
  /** Keeps the value out of `console.log` and JSON. */
  secret?: boolean;
}

/** @throws TypeError for a name or an option of a wrong type */
export function assertOptions(name: unknown, options: ContextVarOptions<any>): void {
  if (typeof name !== "string") throw wrongType("The name of a ContextVar", "a string", name);
  if (typeof options !== "object" || options === null) throw wrongType("ContextVar's options", "an object", options);
  const { onReset, onResetAsync, travels, rootless, secret } = options;
  if (onReset !== undefined) assertFunction(onReset, "ContextVar's onReset");
  if (onResetAsync !== undefined) assertFunction(onResetAsync, "ContextVar's onResetAsync");
  assertFlag(rootless, "rootless");
  assertFlag(secret, "secret");
  if (travels !== undefined && travels !== true) assertCodec(travels);
}

function assertFlag(value: unknown, option: string): void {
  if (value !== undefined && typeof value !== "boolean") throw wrongType(`ContextVar's ${option}`, "a boolean", value);
}

function assertCodec(travels: unknown): void {
  if (typeof travels !== "object" || travels === null) {
    throw wrongType("ContextVar's travels", "true or a codec with encode and decode", travels);
  }
  const { encode, decode } = travels as Partial<Codec<never>>;
  assertFunction(encode, "The encode of ContextVar's travels");
  assertFunction(decode, "The decode of ContextVar's travels");
}
