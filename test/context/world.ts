/** Plays a script of steps on real Contexts and on the model at once, and compares them after every step. */
import { bindContext, Context, ContextVar, copyContext } from "ambit/context";
import { type Deferred, deferred } from "../support/deferred.js";
import {
  agree,
  answerOf,
  codeOf,
  isEntered,
  ModelContext,
  type Place,
  type Position,
  reset,
  type Token,
  type Variable,
} from "./model.js";

export const VARIABLES = 10;

/** `which` counts tokens and places from the latest. */
export type Step =
  | { readonly do: "set"; readonly which: number; readonly value: unknown }
  | { readonly do: "reset"; readonly which: number; readonly by: number; readonly how: "sync" | "async" }
  | { readonly do: "pause" | "look" | "bind" | "copy" }
  | Start;

/** Starts a body of steps as a flow: here, in a fork, an empty Context, a variable's run, or a Context known already. */
export interface Start {
  readonly do: "call" | "fork" | "new" | "run" | "enter";
  readonly which: number;
  readonly body: Step[];
  readonly isAwaited: boolean;
}

export class World {
  steps = 0;
  readonly #cleaned: unknown[] = [];
  readonly #expectedCleaned: unknown[] = [];
  readonly #tokens: Token[] = [];
  readonly #places: Place[] = [];
  readonly #looks: { readonly seen: Iterable<[ContextVar<unknown>, unknown]>; readonly expected: unknown[] }[] = [];
  readonly #pauses: Deferred<void>[] = [];
  readonly #flows: Promise<void>[] = [];
  readonly #variables: Variable[] = Array.from({ length: VARIABLES }, (_, i) => {
    const cleanup = (["none", "sync", "async"] as const)[i % 3];
    const clean = (value: unknown) => void this.#cleaned.push(value);
    const options = {
      none: {},
      sync: { onReset: clean },
      async: { onResetAsync: async (value: unknown) => clean(value) },
    };
    return { real: new ContextVar<unknown>(`v${i}`, options[cleanup]), cleanup };
  });

  /** Lets one paused flow go on at a time, until all of them have ended. */
  async drive(main: Promise<void>, picks: Iterator<number>): Promise<void> {
    let isOver = false;
    const over = this.#all(main).finally(() => {
      isOver = true;
    });
    over.catch(() => {});
    for (let turn = 0; !isOver && turn < 10_000; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = this.#pauses.splice(picks.next().value % (this.#pauses.length || 1), 1);
      next?.resolve();
    }
    await over;
    for (const { seen, expected } of this.#looks) agree("an iterator", [...seen].flat(), expected);
  }

  async #all(main: Promise<void>): Promise<void> {
    await main;
    for (let i = 0; i < this.#flows.length; i++) await this.#flows[i];
  }

  async play(script: readonly Step[], position: Position): Promise<void> {
    for (const step of script) {
      this.steps++;
      const pending = this.#take(step, position);
      this.#compare(position);
      if (!pending) continue;
      await pending;
      position.callers = [];
      this.#compare(position);
    }
  }

  /** Takes a step in both worlds at once; gives a promise when the flow has to await it. */
  #take(step: Step, position: Position): Promise<void> | undefined {
    const { context } = position;
    switch (step.do) {
      case "set":
        return this.#set(this.#variables[step.which], step.value, context);
      case "reset":
        return this.#reset(step, context);
      case "pause":
        this.#pauses.push(deferred());
        return this.#pauses.at(-1)!.promise;
      case "look":
        this.#looks.push({ seen: copyContext().entries(), expected: context.list });
        return undefined;
      case "bind":
        this.#places.push({ model: context, bound: bindContext((fn) => fn()) });
        return undefined;
      case "copy":
        this.#places.push({ model: context.copy(), real: copyContext() });
        return undefined;
      default:
        return this.#start(step, position);
    }
  }

  #set(variable: Variable, value: unknown, context: ModelContext): undefined {
    const old = context.values.has(variable) ? { value: context.values.get(variable) } : undefined;
    const real = variable.real.set(value);
    context.values.set(variable, value);
    this.#tokens.push({ variable, context, old, value, real, used: false });
  }

  #reset({ which, by, how }: Step & { do: "reset" }, context: ModelContext): Promise<void> | undefined {
    const token = this.#tokens.at(-1 - which);
    if (!token) return undefined;
    const variable = by < 0 ? token.variable : this.#variables[by];
    const expected = reset(token, variable, context, how);
    if (expected === "done" && variable.cleanup !== "none") this.#expectedCleaned.push(token.value);
    const check = (answer: unknown) => agree("a reset", [answer, token.real.used], [expected, token.used]);
    if (how === "async")
      return variable.real
        .resetAsync(token.real)
        .then(() => "done", codeOf)
        .then(check);
    check(answerOf(() => variable.real.reset(token.real)));
    return undefined;
  }

  #start(step: Start, position: Position): Promise<void> | undefined {
    const flow = this.#flow(step, position);
    if (!flow || step.isAwaited) return flow;
    flow.catch(() => {});
    this.#flows.push(flow);
    return undefined;
  }

  #flow({ do: how, which, body }: Start, position: Position): Promise<void> | undefined {
    const { context, callers } = position;
    const inside = (model: ModelContext) => () => this.play(body, { context: model, callers: [...callers, context] });
    switch (how) {
      case "call":
        return this.play(body, { context, callers });
      case "fork":
        return copyContext().run(inside(context.copy()));
      case "new":
        return new Context().run(inside(new ModelContext()));
      case "run": {
        const variable = this.#variables[which % VARIABLES];
        return variable.real.run(which, inside(context.with(variable, which)));
      }
      case "enter":
        return this.#enter(this.#places.at(-1 - which), position, inside);
    }
  }

  #enter(
    place: Place | undefined,
    position: Position,
    inside: (model: ModelContext) => () => Promise<void>,
  ): Promise<void> | undefined {
    if (!place) return undefined;
    const { model, real, bound } = place;
    if (!real) return bound!(inside(model)) as Promise<void>;
    return isEntered(model, position) ? undefined : real.run(inside(model));
  }

  #compare(position: Position): void {
    const { values, list } = position.context;
    const got = this.#variables.map(({ real }) => real.get(undefined));
    agree(
      "get",
      got,
      this.#variables.map((variable) => values.get(variable)),
    );
    agree("the current Context", [...copyContext()].flat(), list);
    for (const { model, real } of this.#places) {
      if (!real) continue;
      agree("a known Context", [...real].flat(), model.list);
      const answer = isEntered(model, position) ? "ERR_AMBIT_CONTEXT_STATE" : "done";
      agree("entering a known Context", [answerOf(() => real.run(() => {}))], [answer]);
    }
    agree("what was cleaned up", this.#cleaned, this.#expectedCleaned);
  }
}
