/** The inspector's page, in a browser. */
import { Container, Lifecycle } from "ambit";
import { type InspectorOptions, inspectorKoa } from "ambit/inspector";
import { scopePerRequest } from "ambit/koa";
import Koa from "koa";
import type { Page } from "playwright-core";
import { expect, onTestFinished, test } from "vitest";
import { describeInBrowser } from "../../support/browser.js";
import { deferred } from "../../support/deferred.js";
import { ask, serve as serveKoa } from "../koa/server.js";
import { inspect } from "./served.js";

const perScope = { lifecycle: Lifecycle.ContextScoped } as const;
const EVIL = "</script><img src=x onerror=alert(1)>";

describeInBrowser("the inspector's page", (openPage) => {
  function containerOf(...names: string[]): Container {
    const container = new Container();
    for (const [index, name] of names.entries()) {
      const deps = names.slice(index + 1, index + 2);
      container.register(name, { deps, useFactory: () => ({ dispose() {} }) }, perScope);
    }
    onTestFinished(() => container.dispose());
    return container;
  }

  /** A Koa app that is inspected, and the page that shows it. */
  async function shown(container: Container, handler: Koa.Middleware, options?: InspectorOptions) {
    const inspector = inspect(options);
    const app = new Koa();
    app.silent = true;
    const port = await serveKoa(app.use(inspectorKoa(inspector)).use(scopePerRequest(container)).use(handler));
    const { page, troubles } = await openPage();
    await page.goto(`http://localhost:${port}/__ambit`);
    return { page, port, inspector, troubles };
  }

  const row = (page: Page, list: "open" | "closed", hasText: string) => page.locator(`#${list} .row`, { hasText });
  const detail = (page: Page) => page.locator("#detail").innerText();

  test("shows a request when it has ended: what it built in time, by which path, what it disposed", async () => {
    const container = containerOf("Orders", "Transaction");
    const { page, port, troubles } = await shown(container, (ctx) => {
      container.resolve("Orders");
      ctx.body = "ok";
    });
    await ask(port, "/orders");
    await row(page, "closed", "GET /orders").waitFor();
    const lines = await page
      .locator(".waterfall tbody tr")
      .evaluateAll((rows) =>
        rows.map((line) => [...line.querySelectorAll("td")].slice(0, 2).map((cell) => [cell.textContent, cell.title])),
      );
    expect(lines).toEqual([
      [
        ["Orders", "Orders"],
        ["context-scoped", "context-scoped"],
      ],
      [
        ["Transaction", "Orders › Transaction"],
        ["context-scoped", "context-scoped"],
      ],
      [
        ["Orders", "Orders"],
        ["disposed 1st", "disposed 1st"],
      ],
      [
        ["Transaction", "Transaction"],
        ["disposed 2nd", "disposed 2nd"],
      ],
    ]);
    expect(await page.locator("#detail .badge").innerText()).toBe("success");
    expect(await page.locator("#counters").innerText()).toMatch(/opened\s+1\s+open\s+0\s+success\s+1/);
    expect(troubles).toEqual([]);
  });

  test("flags a request that hangs with the reason, until it ends", async () => {
    const work = deferred();
    const { page, port, troubles } = await shown(containerOf(), () => work.promise, { lateAfter: 1 });
    const answered = ask(port, "/slow");
    const late = row(page, "open", "GET /slow");
    await late.locator(".why").waitFor();
    expect(await late.locator(".why").innerText()).toBe("its middleware have not settled");
    await late.click();
    expect(await detail(page)).toContain("Still open: its middleware have not settled.");
    work.resolve();
    await answered;
    await row(page, "closed", "GET /slow").waitFor();
    expect(await row(page, "open", "GET /slow").count()).toBe(0);
    expect(await page.locator("#detail .badge").innerText()).toBe("error");
    expect(troubles).toEqual([]);
  });

  test("shows tokens, scopes and routes named like markup as their names", async () => {
    const container = containerOf(EVIL);
    const { page, port, troubles } = await shown(container, async (ctx) => {
      container.resolve(EVIL);
      await container.runInScope({ name: EVIL, parent: null }, (scope) => void scope.resolve(EVIL));
      ctx.body = "ok";
    });
    await ask(port, "/%3Cimg%20src=x%20onerror=alert(1)%3E");
    await row(page, "closed", EVIL).click();
    expect(await page.locator("#detail h2").innerText()).toBe(EVIL);
    expect(await page.locator(".waterfall td").first().innerText()).toBe(EVIL);
    expect(await page.locator("#closed .row").count()).toBe(2);
    expect(await page.locator("img").count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test("works by keyboard: arrows choose, the filter finds, Escape lets go", async () => {
    const container = containerOf();
    const { page, port } = await shown(container, (ctx) => void (ctx.body = "ok"));
    for (const path of ["/one", "/two", "/three"]) await ask(port, path);
    await row(page, "closed", "/three").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    expect(await page.locator("#detail h2").innerText()).toBe("GET /two");
    await page.keyboard.press("ArrowUp");
    expect(await page.locator("#detail h2").innerText()).toBe("GET /three");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("/");
    await page.keyboard.type("one");
    expect(await page.locator("#closed .row .what").allInnerTexts()).toEqual(["GET /one"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    expect(await page.locator("#detail h2").innerText()).toBe("GET /three");
    expect(await page.locator("#closed .row").count()).toBe(3);
  });

  test("stands still while it is paused, and then has what it missed", async () => {
    const { page, port } = await shown(containerOf(), (ctx) => void (ctx.body = "ok"));
    await ask(port, "/one");
    await row(page, "closed", "/one").waitFor();
    await page.keyboard.press("p");
    await page.locator("#status", { hasText: "paused, 0 new" }).waitFor();
    await ask(port, "/two");
    await page.locator("#status", { hasText: "paused, 1 new" }).waitFor();
    expect(await page.locator("#closed .row .what").allInnerTexts()).toEqual(["GET /one"]);
    await page.keyboard.press("p");
    await row(page, "closed", "/two").waitFor();
    expect(await page.locator("#closed .row .what").allInnerTexts()).toEqual(["GET /two", "GET /one"]);
  });

  test("says how many scopes have closed, be they listed or not", async () => {
    const container = containerOf();
    const { page } = await shown(container, (ctx) => void (ctx.body = "ok"));
    await page.locator("#status", { hasText: "live" }).waitFor();
    await Promise.all(Array.from({ length: 60 }, () => container.runInScope({ parent: null }, () => {})));
    await page.locator("#closed .row").first().waitFor();
    expect(await page.locator("#closed-count").innerText()).toBe("50 of 60");
  });

  test("says so when the process does not answer any more", async () => {
    const { page, inspector } = await shown(containerOf(), (ctx) => void (ctx.body = "ok"));
    await page.locator("#status", { hasText: "live" }).waitFor();
    inspector.close();
    await page.locator("#status", { hasText: "connection lost" }).waitFor();
    expect(await page.locator("#status").getAttribute("class")).toBe("lost");
  });
});
