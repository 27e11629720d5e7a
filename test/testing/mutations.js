/**
 * Lines of the test kit, each with a way in which it can break, and tests that must then fail. `npm run see-red -- testing`
 * breaks one after the other.
 *
 * @type {readonly { breaks: string, tests: string, file: string, line: string, by: string }[]}
 */
export const MUTATIONS = [
  {
    breaks: "what the guard has seen is not reported",
    tests: "explore.test.ts",
    file: "testing/watch.ts",
    line: "for (const { name, first } of this.#guard.report().misused) {",
    by: "for (const { name, first } of [] as { name: string; first: Error }[]) {",
  },
  {
    breaks: "one thing in two scopes is not found",
    tests: "explore.test.ts",
    file: "testing/watch.ts",
    line: "if (isInside(home, earlier) || isLongLived(value, home as OpenedScope, plan)) return;",
    by: "return;",
  },
  {
    breaks: "what a nested scope has from the one around it, and what is long-lived, is found",
    tests: "explore.test.ts",
    file: "testing/watch.ts",
    line: "if (isInside(home, earlier) || isLongLived(value, home as OpenedScope, plan)) return;",
    by: "",
  },
  {
    breaks: "a client of a pool is found when it goes to the next request",
    tests: "explore.test.ts",
    file: "testing/tenures.ts",
    line: 'return tenure === undefined ? scope.phase < DISPOSING : tenure.state === "owned";',
    by: "return scope.phase < DISPOSING + 1;",
  },
  {
    breaks: "a disposer that was called by hand is not found",
    tests: "explore.test.ts",
    file: "testing/tenures.ts",
    line: "if (tenure.byHand) this.#foundDoubled(value);",
    by: "",
  },
  {
    breaks: "a disposer that calls another is found",
    tests: "explore.test.ts",
    file: "testing/tenures.ts",
    line: 'if (tenure?.state === "owned") tenure.byHand = true;',
    by: "if (tenure !== undefined) this.#foundDoubled(value);",
  },
  {
    breaks: "disposers that never end are not found",
    tests: "explore.test.ts",
    file: "testing/tenures.ts",
    line: "if (left === undefined) continue;",
    by: "if (left !== undefined) continue;",
  },
  {
    breaks: "scopes that are never closed are not found",
    tests: "explore.test.ts",
    file: "testing/order.ts",
    line: "this.#watch.verifyScopes(this.#unfinished);",
    by: "",
  },
  {
    breaks: "what nobody owns is not looked after",
    tests: "explore.test.ts",
    file: "testing/watch.ts",
    line: "for (const [name, values] of this.#ownerless) this.#verifyOwnerless(name, values);",
    by: "",
  },
  {
    breaks: "clients never leave",
    tests: "explore.test.ts",
    file: "testing/director.ts",
    line: "possible: () => this.#aborts > 0",
    by: "possible: () => false",
  },
  {
    breaks: "nothing is made to fail",
    tests: "explore.test.ts",
    file: "testing/director.ts",
    line: "const possible = () => this.#failures > 0;",
    by: "const possible = () => false;",
  },
  {
    breaks: "async builds do not wait for their turn",
    tests: "explore.test.ts",
    file: "testing/delayed.ts",
    line: "  const useAsyncFactory = async (...args: unknown[]) => {\n    await director.wait(`${name} is built`, true);",
    by: "  const useAsyncFactory = async (...args: unknown[]) => {",
  },
  {
    breaks: "a container that is not fresh stays watched",
    tests: "explore.test.ts",
    file: "testing/order.ts",
    line: "        unwatch();",
    by: "",
  },
  {
    breaks: "explorations do not wait for each other",
    tests: "explore.test.ts",
    file: "testing/explore.ts",
    line: "last = turn.catch(() => {});",
    by: "",
  },
  {
    breaks: "replay plays another order",
    tests: "explore.test.ts",
    file: "testing/explore.ts",
    line: "const played = await this.#playOnce(follow(choicesOf(replay)));",
    by: "const played = await this.#playOnce(follow([]));",
  },
  {
    breaks: "nothing is replaced in the scope of a test",
    tests: "in-test-scope.test.ts",
    file: "testing/in-test-scope.ts",
    line: "for (const [token, provider] of overrides) scope.override(token, provider);",
    by: "void overrides;",
  },
  {
    breaks: "the scope of a test has a parent",
    tests: "in-test-scope.test.ts",
    file: "testing/in-test-scope.ts",
    line: "{ parent: null, ...rest }",
    by: "rest",
  },
];
