/** Copies what the compiler leaves alone: the parts of the page that `ambit graph --html` writes. */
import { cpSync } from "node:fs";

const root = new URL("../", import.meta.url);
cpSync(new URL("src/cli/page", root), new URL("dist/cli/page", root), {
  recursive: true,
  filter: (file) => !/\.(json|ts)$/.test(file),
});
