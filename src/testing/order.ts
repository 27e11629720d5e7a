/** One order of an application's requests, from a fresh container to its end, as a program for the scheduler. */
import type { Container } from "../container/container.js";
import { Context } from "../context/context.js";
import type { Guard } from "../plan/guarding.js";
import { Director, direct, InjectedFailure, player } from "./director.js";
import type { Ledger } from "./ledger.js";
import type { Settings, Visit } from "./options.js";
import type { Program, World } from "./scheduler.js";
import { step } from "./steps.js";
import { Watch } from "./watch.js";

/** The program; what it finds goes to `ledger`. */
export function orderOf(settings: Settings, ledger: Ledger): Program {
  return (world) => new Order(settings, ledger, world).begin();
}

/** Ends what an order has begun, and what it may have left behind. */
export function endOrder(): void {
  leave?.();
}

let leave: (() => void) | undefined;

class Order {
  readonly #settings: Settings;
  readonly #ledger: Ledger;
  readonly #world: World;
  readonly #director: Director;
  /** Requests that have not ended. */
  readonly #unfinished = new Set<string>();
  #container!: Container;
  #watch!: Watch;

  constructor(settings: Settings, ledger: Ledger, world: World) {
    this.#settings = settings;
    this.#ledger = ledger;
    this.#world = world;
    this.#director = new Director(world, settings);
  }

  begin(): void {
    direct(this.#director);
    leave = () => this.#leave(() => {});
    this.#world.task("the container", () => new Context().run(() => this.#open()));
    this.#world.afterwards("the end", () => new Context().run(() => this.#end()));
    const { check } = this.#settings;
    if (check !== undefined) this.#world.check((end) => check(end));
  }

  /** Makes the container, and has the requests arrive. */
  async #open(): Promise<void> {
    const { container, requests } = this.#settings;
    this.#container = typeof container === "function" ? await container() : container;
    const isFresh = typeof container === "function";
    const watch = (guard: Guard) => (this.#watch = new Watch(guard, this.#director, this.#ledger, isFresh));
    const unwatch = this.#container.watch(watch);
    const { onDisposalError } = this.#container;
    this.#container.onDisposalError = (error) => this.#failed("a disposer", error);
    leave = () =>
      this.#leave(() => {
        this.#watch.verifyUses();
        this.#watch.leave();
        unwatch();
        this.#container.onDisposalError = onDisposalError;
      });
    for (let number = 1; number <= requests; number++) {
      const name = `request ${number}`;
      const play = () => player.run(name, () => this.#play(name, number));
      this.#world.task(name, () => new Context().run(play));
    }
  }

  async #play(name: string, number: number): Promise<void> {
    await this.#director.wait("arrives");
    const client = new AbortController();
    const withdraw = this.#director.offerAbort(`${name}: its client leaves`, () => client.abort());
    const { signal } = client;
    this.#unfinished.add(name);
    const abort = (reason?: unknown) => client.abort(reason);
    try {
      await this.#call({ number, container: this.#container, signal, step, abort });
    } catch (error) {
      if (!signal.aborted || isAssertion(error)) this.#failed(name, error);
    } finally {
      withdraw();
      this.#unfinished.delete(name);
    }
  }

  async #call(visit: Visit): Promise<void> {
    const { request, visit: call, scope: optionsFor } = this.#settings;
    if (request === undefined) return void (await call?.(visit));
    const { number, container, signal } = visit;
    const options = { origin: `request ${number}`, ...optionsFor?.(number), parent: null, signal };
    await container.runInScope(options, async (scope) => void (await request({ ...visit, scope })));
  }

  /** A fresh container is disposed, as it is at the end of a process. */
  async #end(): Promise<void> {
    this.#watch.verifyScopes(this.#unfinished);
    const isFresh = typeof this.#settings.container === "function";
    try {
      if (isFresh) await this.#container.dispose();
    } catch (error) {
      this.#failed("container.dispose()", error);
    }
    this.#watch.verifyEnd(isFresh);
  }

  /** What fails after something was made to fail is how an application should behave, unless it says otherwise. */
  #failed(name: string, error: unknown): void {
    if (error instanceof InjectedFailure || (this.#director.hasFailed && !isAssertion(error))) return;
    this.#ledger.failed(name, error);
  }

  #leave(restore: () => void): void {
    leave = undefined;
    this.#director.over = true;
    direct(undefined);
    restore();
  }
}

/** Whether a test has found that something is not as it should be, with whatever library. */
function isAssertion(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith("AssertionError");
}
