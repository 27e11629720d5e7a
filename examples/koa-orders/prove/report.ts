/** The table of numbers: what had to be, and what was. */
export interface Line {
  readonly what: string;
  /** Absent: for information. */
  readonly expected?: number;
  readonly seen: number;
}

/** Whether everything is as it had to be. */
export function passed(lines: readonly Line[]): boolean {
  return lines.every(isRight);
}

export function tableOf(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(({ what }) => what.length));
  const head = `${"".padEnd(width)}  ${"expected".padStart(9)}  ${"seen".padStart(9)}`;
  return [head, ...lines.map((line) => rowOf(line, width))].join("\n");
}

function rowOf(line: Line, width: number): string {
  const expected = line.expected === undefined ? "" : String(line.expected);
  const verdict = isRight(line) ? "" : "  WRONG";
  return `${line.what.padEnd(width)}  ${expected.padStart(9)}  ${String(line.seen).padStart(9)}${verdict}`;
}

function isRight({ expected, seen }: Line): boolean {
  return expected === undefined || expected === seen;
}
