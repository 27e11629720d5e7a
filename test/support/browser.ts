/** Pages in a real Chromium: CHROMIUM names it, else /usr/bin/chromium is taken; without one their tests are skipped. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** An empty page until the test has ended, and what it complains of: errors, dialogs, whatever its console says. */
export type OpenPage = (options?: BrowserContextOptions) => Promise<{ page: Page; troubles: string[] }>;

/** Tests of `what` that open pages. */
export function describeInBrowser(what: string, tests: (openPage: OpenPage) => void): void {
  const isThere = existsSync(executablePath);
  if (!isThere)
    console.warn(`Not tested: ${what}. No browser is at ${executablePath}; CHROMIUM=/path/to/chromium names one.`);
  describe.skipIf(!isThere)(`${what}`, () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    });
    afterAll(() => browser.close());
    tests((options) => openIn(browser, options));
  });
}

async function openIn(browser: Browser, options?: BrowserContextOptions) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
  onTestFinished(() => page.close());
  const troubles: string[] = [];
  page.on("console", (message) => troubles.push(message.text()));
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("dialog", (dialog) => {
    troubles.push(dialog.message());
    void dialog.dismiss();
  });
  return { page, troubles };
}
