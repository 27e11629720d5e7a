import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// AMBIT_DIST=1 runs the same suite against the built package, which is what other Node lines test.
const built = process.env.AMBIT_DIST === "1";
const root = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const entry = (path: string) => root(built ? `./dist/${path}.js` : `./src/${path}.ts`);

export default defineConfig({
  resolve: {
    alias: [
      { find: /^ambit$/, replacement: entry("index") },
      { find: /^ambit\/context$/, replacement: entry("context/index") },
      { find: /^ambit\/koa$/, replacement: entry("adapters/koa/index") },
      // Tests of inner parts import "#src/…", so that they too run against the build.
      { find: /^#src\/(.*)\.js$/, replacement: built ? root("./dist/$1.js") : root("./src/$1.ts") },
    ],
  },
  test: { include: ["test/**/*.test.ts"] },
});
