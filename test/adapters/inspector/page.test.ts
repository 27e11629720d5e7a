/**
 * The page in a real Chromium: CHROMIUM names it, else /usr/bin/chromium is taken; without one these tests are skipped.
 */
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Container, Lifecycle } from "ambit";
import { Inspector } from "ambit/inspector";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const isThere = existsSync(executablePath);
if (!isThere) {
  console.warn(
    `The inspector's page is not tested: no browser at ${executablePath}. CHROMIUM=/path/to/chromium names one.`,
  );
}

describe.skipIf(!isThere)("the inspector's page", () => {
  let browser: Browser;
  beforeAll(
    async () => void (browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] })),
  );
  afterAll(() => browser.close());

  async function open(container: Container) {
    const inspector = new Inspector({ lateAfter: 1 });
    const server = createServer((req, res) => void inspector.handle(req, res)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const page = await browser.newPage();
    const troubles: string[] = [];
    page.on("console", (message) => troubles.push(message.text()));
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("dialog", (dialog) => {
      troubles.push(dialog.message());
      void dialog.dismiss();
    });
    onTestFinished(async () => {
      await page.close();
      inspector.close();
      server.closeAllConnections();
      server.close();
      await container.dispose();
    });
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/__ambit`);
    return { page, troubles };
  }

  test("shows live what a scope built and disposed, and why another one is open", async () => {
    const container = new Container();
    container.register("Db", { useFactory: () => ({ dispose() {} }) }, { lifecycle: Lifecycle.ContextScoped });
    const { page, troubles } = await open(container);
    container.createScope({ origin: "left open" });
    await container.runInScope({ origin: "GET /orders" }, (scope) => void scope.resolve("Db"));
    await page.locator("#closed .row", { hasText: "GET /orders" }).click();
    expect(await page.locator(".waterfall tbody tr td:first-child").allTextContents()).toEqual(["Db", "Db"]);
    await page.locator("#open .row .why", { hasText: "nobody has closed it" }).waitFor();
    expect(troubles).toEqual([]);
  });

  test("shows a token that is called like markup as it is called", async () => {
    const name = '</script><img src=x onerror="alert(1)">';
    const container = new Container();
    container.register(name, { useFactory: () => ({}) }, { lifecycle: Lifecycle.ContextScoped });
    const { page, troubles } = await open(container);
    await container.runInScope({ origin: name }, (scope) => void scope.resolve(name));
    await page.locator(".waterfall tbody td", { hasText: "onerror" }).first().waitFor();
    expect(await page.locator("#detail h2").textContent()).toBe(name);
    expect(await page.locator("img").count()).toBe(0);
    expect(troubles).toEqual([]);
  });

  test("is used with the keyboard alone", async () => {
    const container = new Container();
    const { page } = await open(container);
    for (const origin of ["first", "second"]) await container.runInScope({ origin }, () => {});
    await page.locator("#closed .row", { hasText: "second" }).waitFor();
    for (const [key, shown] of [
      ["ArrowDown", "second"],
      ["ArrowDown", "first"],
      ["ArrowUp", "second"],
    ]) {
      await page.keyboard.press(key);
      expect(await page.locator("#detail h2").textContent()).toBe(shown);
    }
    await page.keyboard.press("/");
    await page.keyboard.type("fir");
    expect(await page.locator("#closed .row .what").allTextContents()).toEqual(["first"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("p");
    expect(await page.locator("#status").textContent()).toMatch(/^paused, \d+ new$/);
  });
});
