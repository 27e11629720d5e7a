/** The TypeScript of a Markdown page: its ```ts blocks. test/docs/code-blocks.test.ts explains the comments before them. */

export interface CodeBlock {
  /** The line of its fence, from 1. */
  readonly line: number;
  /** What the other blocks of the page import it as. */
  readonly file: string;
  /** The block and what it is given, on the lines on which they stand in the page: an error's line is the page's line. */
  readonly code: string;
  /** Why it is not compiled; `undefined` for one that is. */
  readonly notCompiled: string | undefined;
}

const FENCE = /^\s*(`{3,})(?:ts|typescript)\b/;
const FILE_NAME = /^\s*\/\/ ([\w./-]+\.ts)\b/;
const NOT_COMPILED = /^<!-- not compiled: (.+) -->$/;

export function codeBlocks(page: string): CodeBlock[] {
  const lines = page.split("\n");
  const blocks: CodeBlock[] = [];
  for (let start = 0; start < lines.length; start++) {
    const fence = FENCE.exec(lines[start])?.[1];
    if (!fence) continue;
    const end = lines.findIndex((line, index) => index > start && line.trim() === fence);
    if (end < 0) throw new Error(`The block of line ${start + 1} has no end.`);
    blocks.push(blockOf(lines, start, end));
    start = end;
  }
  return blocks;
}

function blockOf(lines: readonly string[], start: number, end: number): CodeBlock {
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
  };
}

/** The first and the last line of the HTML comment that ends right before `fence`, blank lines aside; else no lines. */
function commentBefore(lines: readonly string[], fence: number): { start: number; end: number } {
  const end = lines.findLastIndex((line, index) => index < fence && line.trim() !== "");
  const start = lines.findLastIndex((line, index) => index <= end && line.startsWith("<!--"));
  const isComment = end >= 0 && lines[end].endsWith("-->") && start >= 0;
  const isOne = isComment && lines.slice(start, end).every((line) => !line.endsWith("-->"));
  return isOne ? { start, end } : { start: fence, end: fence };
}
