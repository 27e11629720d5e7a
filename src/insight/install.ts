/**
 * Gives containers the methods that tell of them.
 *
 * They stand here because what they need stands below the container in the layers; `index.ts` loads this file, so every
 * container has them.
 */
import { Container } from "../container/container.js";
import { ContainerDisposedError, UnregisteredTokenError, ValidationError } from "../errors.js";
import { type InjectionToken, inCode, undelayed } from "../registry/token.js";
import { answerTo } from "../resolve/answers.js";
import { compileToken } from "../resolve/compile.js";
import { problemsOf } from "./diagnose.js";
import { draw } from "./draw.js";
import { type Explanation, explanationOf } from "./explain.js";
import type { Graph } from "./graph.js";
import { lookAt } from "./look.js";
import type { Problem } from "./problem.js";

declare module "../container/container.js" {
  interface Container {
    /**
     * Finds everything at once that `resolve` would refuse, before anything is built: what nobody registered, what would
     * be held too long, circles, missing type information, stand-ins for what has to be awaited. Notes say what could
     * not be seen, such as what a factory without `deps` asks for.
     *
     * It looks at all that is registered here and in the containers around this one, and at what that needs.
     *
     * @param tokens also these: classes that nobody registered, and a handler resolves
     */
    diagnose(...tokens: InjectionToken[]): Problem[];

    /**
     * As `diagnose`, for the start of a program and for tests: throws what it finds. Notes do not count.
     *
     * @throws ValidationError ERR_AMBIT_VALIDATION, an AggregateError with everything that `resolve` would throw
     */
    validate(...tokens: InjectionToken[]): void;

    /** All that can be built, and what asks for what: plain data, with `toMermaid()` and `toDot()`. */
    graph(...tokens: InjectionToken[]): Graph;

    /**
     * Tells by which path `token` is built, how long each part lives and why. Prints well.
     *
     * @throws UnregisteredTokenError ERR_AMBIT_UNREGISTERED when nothing answers the token
     */
    explain(token: InjectionToken): Explanation;

    /**
     * Notes from now on what factories and constructors ask for while they run, in this container, those around it and
     * those below: `diagnose`, `graph` and `explain` know it then. Call it before anything is built; it slows down
     * `resolve`, and is meant for development and tests.
     */
    recordEdges(): this;
  }
}

/** Methods of a class are not enumerable. */
function method(name: string, value: (this: Container, ...args: never[]) => unknown): void {
  Object.defineProperty(Container.prototype, name, { value, writable: true, configurable: true });
}

method("diagnose", function (...tokens: InjectionToken[]): Problem[] {
  return problemsOf(sightOf(this, tokens));
});

method("validate", function (...tokens: InjectionToken[]): void {
  const errors = this.diagnose(...tokens).flatMap(({ error }) => error ?? []);
  if (errors.length > 0) throw new ValidationError(errors);
});

method("graph", function (...tokens: InjectionToken[]): Graph {
  return draw(sightOf(this, tokens)).graph;
});

method("explain", function (token: InjectionToken): Explanation {
  const asked = undelayed(token);
  const { graph, idOf } = draw(sightOf(this, [asked]));
  // What nothing answers is refused as resolve() refuses it.
  const registration = answerTo(this.view, asked) ?? compileToken(this.view, asked, undefined).registration;
  const explanation = explanationOf(graph, idOf(registration) ?? "");
  if (explanation === undefined) throw UnregisteredTokenError.of(String(asked), inCode(asked));
  return explanation;
});

method("recordEdges", function (): Container {
  assertLiving(this);
  this.view.record();
  return this;
});

function sightOf(container: Container, tokens: readonly InjectionToken[]) {
  assertLiving(container);
  return lookAt(container.view, tokens);
}

function assertLiving({ view }: Container): void {
  if (view.ended) throw new ContainerDisposedError();
}
