/** The page of `ambit graph --html`, in a browser. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Container, dep, Lifecycle } from "ambit";
import type { Page } from "playwright-core";
import { afterAll, expect, test } from "vitest";
import { pageOf } from "#src/cli/page.js";
import { describeInBrowser } from "../support/browser.js";
import { temporaryFolder } from "../support/repository.js";

const scoped = { lifecycle: Lifecycle.ContextScoped };
const single = { lifecycle: Lifecycle.Singleton };
const needs = (...deps: (string | ReturnType<typeof dep.ref>)[]) => ({ useFactory: () => 1, deps });

function shop(): Container {
  const container = new Container();
  container.register("Config", { useValue: 1 }).register("Ctx", { useSeed: true });
  container.register("Pool", needs("Config"), { lifecycle: Lifecycle.ThreadScoped });
  container.register("Transaction", needs("Pool", "Ctx"), scoped).register("Orders", needs("Transaction", "Prices"));
  return container.register("Prices", needs("Transaction", dep.ref("Ctx")), single).register("Apart", needs());
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly width: number;
}

describeInBrowser("the page of a graph", (openPage) => {
  const folder = temporaryFolder();
  let troubles: string[] = [];
  const asked: string[] = [];

  afterAll(() => rmSync(folder, { recursive: true }));

  async function open(container: Container, colorScheme: "light" | "dark" = "light", title = "shop"): Promise<Page> {
    const file = join(folder, "graph.html");
    writeFileSync(file, pageOf(container.graph(), title));
    const opened = await openPage({ colorScheme });
    ({ troubles } = opened);
    asked.length = 0;
    opened.page.on("request", (request) => asked.push(request.url()));
    await opened.page.goto(pathToFileURL(file).href);
    return opened.page;
  }

  const box = (page: Page, id: string) => page.locator(`.node[data-id=${JSON.stringify(id)}]`);
  const chosen = (page: Page) => page.locator(".node.chosen").getAttribute("data-id");
  const panel = (page: Page) => page.locator("#panel").innerText();

  test("shows everything in bands of lifetimes, marks problems, and loads nothing else", async () => {
    const page = await open(shop());
    expect(await page.locator(".node").count()).toBe(7);
    expect(await page.locator(".band text").allTextContents()).toEqual([
      "per call",
      "scope",
      "container",
      "thread",
      "values",
    ]);
    expect(
      await page.locator(".node.bad").evaluateAll((nodes) => nodes.map((node) => node.getAttribute("data-id"))),
    ).toEqual(["Prices"]);
    expect(await page.locator(".edge").count()).toBe(7);
    expect([await page.locator(".edge.bad").count(), await page.locator(".edge.loose").count()]).toEqual([1, 1]);
    expect(await panel(page)).toContain(
      "1 problem\nCaptiveDependencyError [ERR_AMBIT_CAPTIVE]: Cannot inject context-scoped Transaction into singleton Prices",
    );
    expect([troubles, asked.length]).toEqual([[], 1]);
  });

  test("a click tells who holds it, why it lives as long, and what it needs; these lead on", async () => {
    const page = await open(shop());
    await box(page, "Transaction").click();
    const told = await panel(page);
    expect(told).toContain("Context-scoped: one for each scope, the innermost, until that closes.");
    expect(told).toMatch(/Held by 2\s+Orders\s+dependency #0\s+Prices\s+dependency #0\s+!\s+Needs 2\s+Pool/);
    expect(await box(page, "Apart").getAttribute("class")).toContain("dim");
    await page.locator("#panel .item", { hasText: "Orders" }).click();
    expect(await chosen(page)).toBe("Orders");
  });

  test("what finds it each time is not called its holder", async () => {
    const page = await open(shop());
    await box(page, "Ctx").click();
    expect(await panel(page)).toMatch(/Held by 1\s+Transaction[^]*Found each time by 1\s+Prices\s+ref, dependency #1/);
  });

  test("what is built anew tells for whom it is kept", async () => {
    const container = shop();
    container.register("Line", needs()).register("Part", needs("Line")).register("Handler", needs("Part"), scoped);
    const page = await open(container);
    await box(page, "Line").click();
    expect(await panel(page)).toContain("One each is kept by Handler (context-scoped), and lives as long as that.");
  });

  test("search fades what it does not find, by name, lifetime and provider, and Enter takes the first", async () => {
    const page = await open(shop());
    await page.keyboard.press("/");
    await page.keyboard.type("single");
    expect(
      await page.locator(".node:not(.dim)").evaluateAll((nodes) => nodes.map((node) => node.getAttribute("data-id"))),
    ).toEqual(["Prices"]);
    await page.keyboard.press("Enter");
    expect(await chosen(page)).toBe("Prices");
    await page.locator("#search").fill("nobody is called that");
    expect(await page.locator("#list").innerText()).toBe("Nothing is called that.");
  });

  test("works by keyboard: arrows in the list and in the graph, Escape lets go", async () => {
    const page = await open(shop());
    await page.locator("#search").focus();
    for (const key of ["ArrowDown", "ArrowDown", "Enter"]) await page.keyboard.press(key);
    expect(await chosen(page)).toBe("Orders");
    await box(page, "Orders").focus();
    await page.keyboard.press("ArrowDown");
    const next = await chosen(page);
    expect(next).not.toBe("Orders");
    expect(await page.evaluate("document.activeElement.getAttribute('data-id')")).toBe(next);
    expect(await page.locator(".node[tabindex='0']").count()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await page.locator(".node.chosen").count()).toBe(0);
  });

  test("can show only what is connected, and only what has problems", async () => {
    const page = await open(shop());
    await box(page, "Pool").click();
    await page.locator("#only-connected").check();
    expect(await page.locator(".node").count()).toBe(5);
    await page.locator("#only-connected").uncheck();
    await page.locator("#only-problems").check();
    expect(
      await page.locator(".node").evaluateAll((nodes) => nodes.map((node) => node.getAttribute("data-id"))),
    ).toEqual(["Transaction", "Prices"]);
  });

  test.each([
    "</script><script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "{{data}} $& ${x} '\"",
    "<!--<script>",
  ])("shows a token named %s as its name", async (name) => {
    const container = new Container();
    container.register(name, needs("b")).register("b", needs(name));
    const page = await open(container, "light", name);
    await box(page, name).click();
    expect(await page.locator("#panel h2").innerText()).toBe(name);
    expect(await page.locator("h1").innerText()).toBe(name);
    expect(await page.title()).toBe(`${name} · ambit`);
    expect(await page.locator("img").count()).toBe(0);
    expect([troubles, asked.length]).toEqual([[], 1]);
  });

  test("is dark where the system is", async () => {
    const back = async (scheme: "light" | "dark") => {
      const page = await open(shop(), scheme);
      const color = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      return color;
    };
    expect([await back("light"), await back("dark")]).toEqual(["rgb(255, 255, 255)", "rgb(20, 23, 28)"]);
  });

  test("shows 300 services at a size at which they can be told apart, none over another", async () => {
    const container = new Container();
    for (let index = 0; index < 300; index++) {
      const options = [{}, scoped, single][index % 3];
      container.register(
        `Service${index}`,
        needs(...[2, 3, 7].flatMap((step) => (index + 3 * step < 300 ? [`Service${index + 3 * step}`] : []))),
        options,
      );
    }
    const page = await open(container);
    const boxes = await page
      .locator(".node rect.box")
      .evaluateAll((rects) => rects.map((rect) => rect.getBoundingClientRect().toJSON() as Box));
    expect(boxes).toHaveLength(300);
    expect(boxes[0].width).toBeGreaterThan(55);
    const overlap = (a: Box, b: Box) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    expect(boxes.filter((a, index) => boxes.some((b, other) => other > index && overlap(a, b)))).toEqual([]);
    const seen = await page.locator("#picture").boundingBox();
    expect(
      boxes.every(
        ({ left, right, top, bottom }) =>
          left >= seen!.x && right <= seen!.x + seen!.width && top >= seen!.y && bottom <= seen!.y + seen!.height,
      ),
    ).toBe(true);
  });
});
