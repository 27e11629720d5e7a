/** What the documents link to is there. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { markdownPages } from "../support/code-blocks.js";
import { ROOT } from "../support/repository.js";

const LINK = /\]\(([^)\s]+)\)/g;

test("every link inside the repository leads to a file, and every #section to a heading", () => {
  const broken = markdownPages().flatMap((page) => linksOf(page).filter((link) => !leadsSomewhere(page, link)));
  expect(broken).toEqual([]);
});

test("every page of docs/ can be reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached) for (const link of linksOf(page)) if (isPage(page, link)) reached.add(target(page, link));
  expect(markdownPages().filter((page) => page.startsWith("docs/") && !reached.has(page))).toEqual([]);
});

function linksOf(page: string): string[] {
  const prose = readFileSync(join(ROOT, page), "utf8").replaceAll(/^(`{3,})[^]*?^\1$/gm, "");
  return [...prose.matchAll(LINK)].map(([, link]) => link).filter((link) => !/^\w+:/.test(link));
}

function target(page: string, link: string): string {
  const [file] = link.split("#");
  return file === "" ? page : join(dirname(page), file);
}

function isPage(page: string, link: string): boolean {
  const file = target(page, link);
  return file.endsWith(".md") && existsSync(join(ROOT, file));
}

function leadsSomewhere(page: string, link: string): boolean {
  const path = join(ROOT, target(page, link));
  const [, section] = link.split("#");
  if (!existsSync(path)) return false;
  return section === undefined || statSync(path).isDirectory() || anchorsOf(path).includes(section);
}

/** As GitHub makes them of headings: lower case, without punctuation, hyphens for spaces. */
function anchorsOf(path: string): string[] {
  const headings = readFileSync(path, "utf8").match(/^#+ .+$/gm) ?? [];
  return headings.map((heading) =>
    heading
      .replace(/^#+ /, "")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
