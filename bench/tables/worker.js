/** A task in a worker thread, with variables that travel along. */
import { cpuRounds } from "../clock.js";

const IN_FLIGHT = 10;

export default {
  title: "A task in a worker thread",
  unit: "CPU µs, both threads",
  columns: { 0: "no variables", 5: "5 variables", 50: "50 variables" },
  rows: ["raw", "by-hand", "ambit"],
  titles: {
    raw: "Piscina, nothing sent along",
    "by-hand": "Piscina, the values as part of the task",
    ambit: "Piscina with scopedPool, a scope per task",
  },
  base: "raw",
  // Threads that wait for each other are warm later.
  longer: 3,
  note: "atomics: disabled, 10 in flight.",

  async measure(row, column, settings) {
    const { Piscina } = await import("piscina");
    const filename = new URL(`../pool/${row === "ambit" ? "scoped" : "raw"}.js`, import.meta.url).href;
    const pool = new Piscina({ filename, atomics: "disabled", minThreads: 1, maxThreads: 1 });
    const figures = await (row === "ambit" ? scoped(pool, column, settings) : raw(pool, row, column, settings));
    return figures.map((figure) => figure / 1000);
  },
};

function raw(pool, row, column, settings) {
  const values = valuesOf(row === "raw" ? 0 : Number(column));
  return cpuRounds(
    tasks(() => pool.run(row === "raw" ? { number: 1 } : { number: 1, values })),
    settings,
  );
}

async function scoped(pool, column, settings) {
  const { ambit, copyContext } = await import("../ambit.js");
  const { scopedPool } = await ambit("adapters/piscina.js");
  const { variables } = await import("../pool/variables.js");
  const own = scopedPool(pool);
  return copyContext().run(() => {
    for (const variable of variables.slice(0, Number(column))) variable.set(`value of ${variable.name}`);
    return cpuRounds(
      tasks(() => own.run({ number: 1 })),
      settings,
    );
  });
}

function valuesOf(count) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`variable ${index}`, `value of variable ${index}`]),
  );
}

function tasks(run) {
  return async (n) => {
    for (let left = n; left > 0; left -= IN_FLIGHT) {
      const answers = await Promise.all(Array.from({ length: Math.min(left, IN_FLIGHT) }, run));
      if (answers.some((answer) => answer !== 2)) throw new Error("a worker did not do its task");
    }
  };
}
