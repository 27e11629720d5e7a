/** A scope for each test, with what the test replaces: many tests over one container, side by side. */
import type { DependencyContainer, Provider, Scope, ScopeOptions } from "../registry/api.js";
import type { Constructor, InjectionToken } from "../registry/token.js";

/** How the scope of a test is opened. */
export interface TestScopeOptions extends ScopeOptions {
  /** What tokens stand for in this test, as `scope.override` takes it. */
  readonly overrides?: Iterable<readonly [InjectionToken, Provider | Constructor]>;
}

/** The options of all tests, or what makes those of each: fakes that no other test has seen. */
export type EachTestScope = TestScopeOptions | (() => TestScopeOptions);

/**
 * A test that runs in a scope of its own: `test("...", inTestScope(container, { overrides }, async (scope) => { ... }))`.
 *
 * Inside it the scope is the current one, with no other around it. It closes when the test has ended, awaited: it is
 * told whether the test failed, and a disposer that fails makes the test fail. What the runner gives the test follows
 * the scope; of vitest's own fixtures only those that every test has. For `node:test`, vitest and others alike.
 *
 * @throws RegistrationError ERR_AMBIT_REGISTRATION, in the test, for an override that cannot mean what it says
 */
export function inTestScope<A extends unknown[], R>(
  container: DependencyContainer,
  options: EachTestScope,
  test: (scope: Scope, ...given: A) => R,
): (...given: A) => Promise<void>;
/** The same, with no options. */
export function inTestScope<A extends unknown[], R>(
  container: DependencyContainer,
  test: (scope: Scope, ...given: A) => R,
): (...given: A) => Promise<void>;
export function inTestScope<A extends unknown[]>(
  container: DependencyContainer,
  ...rest: [...options: [EachTestScope] | [], test: (scope: Scope, ...given: A) => unknown]
): (...given: A) => Promise<void> {
  const [options, test] = rest.length === 2 ? rest : [{}, rest[0]];
  // Without parameters: vitest wants to see in their text which fixtures are used, and node:test how many there are.
  return async function () {
    const given = arguments as unknown as A;
    await runInTestScope(container, options, async (scope) => void (await test(scope, ...given)));
  };
}

/**
 * For vitest's `aroundEach`: `aroundEach(aroundTest(container, { overrides }))`. Each test runs inside of a scope of its
 * own, which is the current one there.
 */
export function aroundTest(
  container: DependencyContainer,
  options: EachTestScope = {},
): (runTest: () => Promise<void>, given?: object) => Promise<void> {
  return function () {
    const [runTest, given] = arguments as unknown as [() => Promise<void>, GivenByVitest | undefined];
    return runInTestScope(container, options, (scope) => runTest().finally(() => tell(scope, given)));
  };
}

/**
 * For vitest's `test.extend`: `const it = test.extend({ scope: scopeFixture(container, { overrides }) })`. A test that
 * asks for it is given the scope, which is not the current one there: `it("...", ({ scope }) => scope.resolve(Token))`.
 */
export function scopeFixture(
  container: DependencyContainer,
  options: EachTestScope = {},
): (given: object, use: (scope: Scope) => Promise<void>) => Promise<void> {
  return function () {
    const [given, use] = arguments as unknown as [GivenByVitest, (scope: Scope) => Promise<void>];
    return runInTestScope(container, options, (scope) => use(scope).finally(() => tell(scope, given)));
  };
}

/** What vitest gives hooks and fixtures of the test: they do not hear of its failure otherwise. */
interface GivenByVitest {
  readonly task?: { readonly result?: { readonly state: string; readonly errors?: readonly unknown[] } };
}

/** A test that has failed is no success: transactions are rolled back. */
function tell(scope: Scope, given: GivenByVitest | undefined): void {
  const result = given?.task?.result;
  if (result?.state === "fail") scope.fail(result.errors?.[0]);
}

function runInTestScope(
  container: DependencyContainer,
  options: EachTestScope,
  work: (scope: Scope) => Promise<void>,
): Promise<void> {
  const { overrides = [], ...rest } = typeof options === "function" ? options() : options;
  return container.runInScope({ parent: null, ...rest }, async (scope) => {
    for (const [token, provider] of overrides) scope.override(token, provider);
    await work(scope);
  });
}
