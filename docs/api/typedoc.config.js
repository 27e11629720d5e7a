/** `npm run docs:api`: see README.md. */
import { readFileSync } from "node:fs";

const { exports } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

/** The source of everything that package.json exports. */
const entryPoints = Object.values(exports).flatMap(({ default: output }) =>
  output === undefined ? [] : [`../../${output.replace("./dist/", "src/").replace(/\.js$/, ".ts")}`],
);

/** Types that only help to write others: their names say enough where they stand. */
const HELPERS = [
  "Decorates",
  "DecoratesParameter",
  "KINDS",
  "Lifetime",
  "MarkedDep",
  "Resolved",
  "TokenType",
  "Work",
  "App",
];
/** What public classes are built on, and what only ambit makes errors of. */
const INNER = ["Lifespan", "Resolver", "ErrorDetails", "LeakOrigins", "LostContext", "ScopeLabel"];

export default {
  name: "ambit",
  entryPoints,
  tsconfig: "../../tsconfig.build.json",
  out: "out",
  readme: "none",
  excludeInternal: true,
  excludePrivate: true,
  // Links to the source would need a public home of the repository.
  disableSources: true,
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  requiredToBeDocumented: ["Accessor", "Class", "Function", "Interface", "Method", "TypeAlias", "Variable"],
  intentionallyNotExported: [...HELPERS, ...INNER],
  // A parameter of a type, which TypeDoc takes for a function.
  intentionallyNotDocumented: ["ambit.bindContext.F"],
  treatWarningsAsErrors: true,
};
