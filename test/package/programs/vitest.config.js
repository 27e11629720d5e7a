/** For in-vitest.ts alone, which is not one of the suite's own tests: some of it must fail. */
export default { test: { include: ["in-vitest.ts"], reporters: ["tap-flat"] } };
