/** The states in which every rule of context variables must hold. */
import { bindContext, Context, ContextVar, copyContext } from "ambit/context";

export interface State {
  readonly name: string;
  /** Calls `body` in this state, and gives what it gives. */
  readonly run: <R>(body: () => R | Promise<R>) => R | Promise<R>;
}

const other = new ContextVar<number>("other");

/** The thread's root Context, where what is set stays: each test takes variables of its own. */
export const inTheRoot: State[] = [
  { name: "in the root", run: (body) => body() },
  { name: "in the root, after an await", run: (body) => Promise.resolve().then(body) },
];

/** Contexts that were entered. */
export const inAContext: State[] = [
  { name: "inside run", run: (body) => new Context().run(body) },
  { name: "inside a copy", run: (body) => copyContext().run(body) },
  { name: "inside a copy of a copy", run: (body) => copyContext().run(() => copyContext().run(body)) },
  { name: "inside a variable's run", run: (body) => other.run(1, body) },
  { name: "in a bound function", run: (body) => new Context().run(() => bindContext(body))() },
  {
    name: "after an await",
    run: (body) =>
      new Context().run(async () => {
        await Promise.resolve();
        return body();
      }),
  },
  {
    name: "in a timer",
    run: (body) => new Context().run(() => new Promise((resolve) => setImmediate(resolve)).then(body)),
  },
];

export const everywhere: State[] = [...inTheRoot, ...inAContext];
