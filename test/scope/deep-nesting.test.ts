/** Scopes in scopes in scopes: apart from the others, because it takes longer than all of them together. */
import { Container, type Scope } from "ambit";
import { expect, test } from "vitest";

test("a container closes scopes that are nested more deeply than the call stack goes", async () => {
  const depth = 20_000;
  let ended = 0;
  const container = new Container();
  for (let level = 0, parent: Scope | null = null; level < depth; level++) {
    parent = container.createScope({ parent });
    parent.defer(async () => void ended++);
  }
  await container.dispose();
  expect(ended).toBe(depth);
});
