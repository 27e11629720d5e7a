/** What the source of a class shows: the text of its constructor, and whether that may give another object. */
import { expect, test } from "vitest";
import { mayReturnAnother, ownConstructor } from "#src/registry/source.js";

/** The class of this source, which no compiler has changed. */
// oxlint-disable-next-line typescript/no-implied-eval -- a compiler would leave out the comments, and change the rest
const classOf = (source: string) => new Function(`return ${source}`)() as new () => object;

test.each([
  ["class { constructor(a, b) { this.a = a; } m() {} }", "constructor(a, b) { this.a = a; }"],
  ["class { constructor (a = f(1, g(2))) { if (a) { this.a = a; } return; } m() {} }", undefined],
  ["class { constructor({ a } = {}) { this.a = a; } m() {} }", "constructor({ a } = {}) { this.a = a; }"],
  ["class { m() { return this.constructor(1); } }", "none"],
  ["class { myconstructor() { return 1; } }", "none"],
  ["class { /* constructor() {} */ m = 'constructor() {}'; // constructor() {}\n }", "none"],
  ["class { m = 'a/'; constructor() { this.text = '}'; } }", 'constructor() { this.text = ""; }'],
  ["class {}", "none"],
])("of %s the constructor is %s", (source, text) => {
  const whole = source.slice(source.indexOf("constructor"), source.lastIndexOf(" m()"));
  expect(ownConstructor(classOf(source)) ?? "none").toBe(text ?? whole);
});

test.each([
  "class { constructor(given) { if (given) { this.a = 1; } return given; } }",
  "class { constructor(given = f(1)) { { } { } return given; } }",
  "class extends Date {}",
  "function old(given) { return given; }",
  "class { constructor(pattern = /[)]/) {} }",
  "class { constructor(text = `)`) {} }",
  "Date",
])("%s may return another object", (source) => {
  expect(mayReturnAnother(classOf(source))).toBe(true);
});

test.each([
  "class {}",
  "class { constructor(a) { this.a = a; } m() { return this.a; } }",
  "class { m() { return 1; } constructor() { this.text = 'return'; } }",
  "class { constructor() { /* return */ } }",
  "class extends (class {}) { m() { return 1; } }",
  "function old() { this.a = 1; }",
])("%s does not", (source) => {
  expect(mayReturnAnother(classOf(source))).toBe(false);
});
