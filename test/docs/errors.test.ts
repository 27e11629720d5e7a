/** docs/errors.md has a section for each code, and errors know where it is. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as ambit from "ambit";
import { AmbitError, ContainerDisposedError, DisposalError } from "ambit";
import * as inspector from "ambit/inspector";
import { expect, test } from "vitest";
import { ROOT } from "../support/repository.js";

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const page = read("docs/errors.md");
const sections = page.split(/^## /m).slice(1);
const codeOf = (section: string) => section.slice(0, section.indexOf("\n"));

test("every code in src/errors.ts has a section, and every section has a code", () => {
  const codes = new Set(read("src/errors.ts").match(/(?<=")ERR_AMBIT_\w+(?=")/g));
  expect(sections.map(codeOf).toSorted()).toEqual([...codes].toSorted());
});

test("every class of errors is named by the section of its code", () => {
  const exported: unknown[] = Object.values({ ...ambit, ...inspector });
  const classes = exported.filter((value): value is ErrorClass => isErrorClass(value) && value !== AmbitError);
  const named = sections.map((section) => /\n\n`(\w+)`/.exec(section)?.[1]);
  expect(new Set(named)).toEqual(new Set(classes.map(({ name }) => name)));
});

type ErrorClass = abstract new (...args: never[]) => Error;

function isErrorClass(value: unknown): value is ErrorClass {
  return typeof value === "function" && value.prototype instanceof Error;
}

test.each([new ContainerDisposedError(), new DisposalError(["one", "two"])])(
  "$name says where its section is",
  (error) => {
    expect(error).toBeInstanceOf(AmbitError);
    const [file, section] = error.help.split("#");
    expect(file).toBe("ambit/docs/errors.md");
    expect(sections.map((each) => codeOf(each).toLowerCase())).toContain(section);
  },
);

test("where the section is does not fill logs", () => {
  expect(Object.keys(new ContainerDisposedError())).toEqual([]);
});
