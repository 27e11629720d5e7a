/** Copies what the compiler leaves alone: the parts of the pages of `ambit graph --html` and of the inspector. */
import { cpSync } from "node:fs";

const root = new URL("../", import.meta.url);
for (const page of ["cli/page", "adapters/inspector/page"]) {
  cpSync(new URL(`src/${page}`, root), new URL(`dist/${page}`, root), {
    recursive: true,
    filter: (file) => !/\.(json|ts)$/.test(file),
  });
}
