/**
 * The TypeScript of a Markdown page: its ```ts blocks. test/docs/code-blocks.test.ts explains the comments before them,
 * test/docs/programs.test.ts what follows them. Beside it, the commands: test/docs/commands.test.ts runs them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./repository.js";

export interface CodeBlock {
  /** The line of its fence, from 1. */
  readonly line: number;
  /** What the other blocks of the page import it as. */
  readonly file: string;
  /** The block and what it is given, on the lines on which they stand in the page: an error's line is the page's line. */
  readonly code: string;
  /** Why it is not compiled; `undefined` for one that is. */
  readonly notCompiled: string | undefined;
  /** Why it is not run; `undefined` for one that is, or that has nothing to print. */
  readonly notRun: string | undefined;
  /** What the page says that it prints: the block without a language right after it. */
  readonly output: string | undefined;
}

/** A block of a page of the documents. */
export interface PageBlock extends CodeBlock {
  /** "docs/guide/scopes.md" */
  readonly page: string;
}

/** The blocks of README.md and of docs/, but not of packages that are installed there. */
export function documentedBlocks(): PageBlock[] {
  return markdownPages().flatMap((page) =>
    codeBlocks(readFileSync(join(ROOT, page), "utf8")).map((block) => ({ ...block, page })),
  );
}

/** README.md, CONTRIBUTING.md and what else there is for readers, from the root of the repository. */
export function markdownPages(): string[] {
  const all = [...readdirSync(ROOT), ...filesIn("docs")];
  return all.filter((page) => page.endsWith(".md"));
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return entry.name === "node_modules" ? [] : filesIn(path);
  });
}

const FENCE = /^\s*(`{3,})(\S*)/;
const TYPESCRIPT = /^(ts|typescript)$/;
const FILE_NAME = /^\s*\/\/ ([\w./-]+\.ts)\b/;
const NOT_COMPILED = /^<!-- not compiled: (.+) -->$/;
const NOT_RUN = /^<!-- not run: (.+) -->$/;

export function codeBlocks(page: string): CodeBlock[] {
  const lines = page.split("\n");
  const fences = fencesOf(lines);
  return fences.flatMap((fence, at) => {
    if (!TYPESCRIPT.test(fence.language)) return [];
    const next = fences[at + 1];
    return [blockOf(lines, fence, isOutput(lines, fence, next) ? next : undefined)];
  });
}

/** What a reader types, and what the page says that it prints. */
export interface CommandBlock {
  readonly page: string;
  readonly line: number;
  readonly script: string;
  readonly output: string;
}

/** The ```sh blocks of docs/ whose output the page shows. */
export function documentedCommands(): CommandBlock[] {
  const pages = markdownPages().filter((page) => page.startsWith("docs/"));
  return pages.flatMap((page) => {
    const lines = readFileSync(join(ROOT, page), "utf8").split("\n");
    const fences = fencesOf(lines);
    return fences.flatMap((fence, at) => {
      const next = fences[at + 1];
      if (fence.language !== "sh" || !isOutput(lines, fence, next)) return [];
      return { page, line: fence.start + 1, script: within(lines, fence), output: within(lines, next) };
    });
  });
}

/** Whether a block has no language, and nothing stands between it and the one before. */
function isOutput(lines: readonly string[], before: Fence, block: Fence | undefined): block is Fence {
  if (block?.language !== "") return false;
  return lines.slice(before.end + 1, block.start).every((line) => line.trim() === "");
}

interface Fence {
  readonly start: number;
  readonly end: number;
  readonly language: string;
}

function fencesOf(lines: readonly string[]): Fence[] {
  const fences: Fence[] = [];
  for (let start = 0; start < lines.length; start++) {
    const [, fence, language] = FENCE.exec(lines[start]) ?? [];
    if (!fence) continue;
    const end = lines.findIndex((line, index) => index > start && line.trim() === fence);
    if (end < 0) throw new Error(`The block of line ${start + 1} has no end.`);
    fences.push({ start, end, language });
    start = end;
  }
  return fences;
}

function blockOf(lines: readonly string[], { start, end }: Fence, output: Fence | undefined): CodeBlock {
  const comment = commentBefore(lines, start);
  const given = lines[comment.start] === "<!-- given" ? comment : { start, end: start };
  const isCode = (index: number): boolean =>
    (index > given.start && index < given.end) || (index > start && index < end);
  return {
    line: start + 1,
    file: FILE_NAME.exec(lines[start + 1])?.[1] ?? `line-${start + 1}.ts`,
    // The last line makes it a module, so that blocks share no names and may await.
    code: [...lines.map((line, index) => (isCode(index) ? line : "")), "export {};"].join("\n"),
    notCompiled: NOT_COMPILED.exec(lines[comment.start])?.[1],
    notRun: NOT_RUN.exec(lines[comment.start])?.[1],
    output: output && within(lines, output),
  };
}

function within(lines: readonly string[], { start, end }: Fence): string {
  return lines.slice(start + 1, end).join("\n");
}

/** The first and the last line of the HTML comment that ends right before `fence`, blank lines aside; else no lines. */
function commentBefore(lines: readonly string[], fence: number): { start: number; end: number } {
  const end = lines.findLastIndex((line, index) => index < fence && line.trim() !== "");
  const start = lines.findLastIndex((line, index) => index <= end && line.startsWith("<!--"));
  const isComment = end >= 0 && lines[end].endsWith("-->") && start >= 0;
  const isOne = isComment && lines.slice(start, end).every((line) => !line.endsWith("-->"));
  return isOne ? { start, end } : { start: fence, end: fence };
}
