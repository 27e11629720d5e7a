/** Nothing in koa-orders is refused, as far as can be seen before it runs. The command needs a build. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import container, { tokens } from "../../examples/koa-orders/container.js";
import { ROOT } from "../support/repository.js";

test("its container validates, controllers included", () => {
  expect(() => container.validate(...tokens)).not.toThrow();
  const held = container.graph(...tokens).edges.map(({ from, to }) => `${from} -> ${to}`);
  expect(held).toEqual(expect.arrayContaining(["OrderController -> OrderService", "CurrentUser -> KoaContext"]));
});

test("there is nothing in it that cannot be seen", () => {
  expect(container.diagnose(...tokens)).toEqual([]);
});

test("the command of its page finds no problem", () => {
  const args = [join(ROOT, "dist/cli/main.js"), "check", "examples/dist/koa-orders/container.js"];
  const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8" });
  expect([status, stdout]).toEqual([0, "examples/dist/koa-orders/container.js: no problems.\n"]);
});
