/** The types of ambit/context: checked by tsc (npm run types), never run. */
import { bindContext, type Codec, Context, ContextToken, ContextVar, copyContext } from "ambit/context";

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function same<A, B>(...proof: Same<A, B> extends true ? [] : ["the types differ", A, B]): void;

const user = new ContextVar<string>("user");
const region = new ContextVar("region", { default: "eu" });

export function whatAVariableGives(): void {
  const value = user.get();
  same<typeof value, string>();
  const orNobody = user.get(null);
  same<typeof orNobody, string | null>();
  const orUndefined = user.get(undefined);
  same<typeof orUndefined, string | undefined>();
  const inferred = region.get();
  same<typeof inferred, string>();
  const result = user.run("ada", async () => 1);
  same<typeof result, Promise<number>>();
}

export function whatAVariableRefuses(): void {
  // @ts-expect-error: a value of another type
  user.set(1);
  // @ts-expect-error: no value
  user.set();
  // @ts-expect-error: a default of another type
  new ContextVar<string>("user", { default: 1 });
  // @ts-expect-error: a cleanup for values of another type
  new ContextVar<string>("user", { onReset: (value: number) => value });
  // @ts-expect-error: an async cleanup that returns no promise
  new ContextVar<string>("user", { onResetAsync: () => {} });
  // @ts-expect-error: only true, or a codec
  new ContextVar<string>("user", { travels: false });
  // @ts-expect-error: the name cannot be changed
  user.name = "other";
  // @ts-expect-error: a token of a variable of another type
  user.reset(new ContextVar<number>("number").set(1));
}

export async function tokens(): Promise<void> {
  const token = user.set("ada");
  same<typeof token, ContextToken<string>>();
  const old = token.oldValue;
  same<typeof old, string | typeof ContextToken.MISSING>();
  if (old !== ContextToken.MISSING) same<typeof old, string>();
  // @ts-expect-error: nor can a token's state
  token.used = true;
  using _disposable: Disposable = token;
  await using _asyncDisposable: AsyncDisposable = token;
  user.reset(token) satisfies void;
  await (user.resetAsync(token) satisfies Promise<void>);
}

export function codecs(): void {
  const codec: Codec<Date> = { encode: (date) => date.toISOString(), decode: (text: string) => new Date(text) };
  const since = new ContextVar("since", { travels: codec });
  same<typeof since, ContextVar<Date>>();
  new ContextVar<Date>("since", { travels: true });
}

export function contexts(context: Context = new Context()): void {
  const sum = context.run((a: number, b: number) => a + b, 1, 2);
  same<typeof sum, number>();
  // @ts-expect-error: an argument of another type
  context.run((a: number) => a, "1");
  // @ts-expect-error: an argument too few
  context.run((a: number) => a);

  const value = context.get(user);
  same<typeof value, string | undefined>();
  const orNobody = context.get(user, null);
  same<typeof orNobody, string | null>();
  const surely = context.at(user);
  same<typeof surely, string>();
  for (const [variable, each] of copyContext()) {
    same<typeof variable, ContextVar<unknown>>();
    same<typeof each, unknown>();
  }
  context.copy().equals(copyContext()) satisfies boolean;
  context.size satisfies number;
}

export function boundFunctions(): void {
  const bound = bindContext((name: string, age?: number) => `${name} ${age}`);
  same<typeof bound, (name: string, age?: number) => string>();
}

export function variablesOfAnyType(): void {
  const variables: ContextVar<unknown>[] = [user, region, new ContextVar<number>("number")];
  copyContext().has(variables[0]);
}
