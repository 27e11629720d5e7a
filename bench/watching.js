/**
 * What it costs a request that somebody watches: `npm run bench:watching`.
 *
 * The request of the table `request`, sync, with each kind of watcher in processes of their own, which take turns. CPU
 * microseconds, the median of all rounds; docs/guide/production.md has a run.
 */
import { spawnSync } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { fileURLToPath } from "node:url";
import { ambit } from "./ambit.js";
import { cpuRounds } from "./clock.js";
import { make } from "./contenders/ambit.js";
import { Request } from "./graph.js";
import { requestsOf } from "./requests.js";
import { graph } from "./services.js";
import { figureOf } from "./statistics.js";

const hear = () => {};

/** How each begins to watch; the guard is an option of the container. */
const WATCHERS = {
  "by itself": () => {},
  "a subscriber of `ambit:scope.close`": () => subscribe("ambit:scope.close", hear),
  "a subscriber of `ambit:resolve`": () => subscribe("ambit:resolve", hear),
  "`traceScopes`, spans without an exporter": trace,
  "the inspector, while nobody looks": async () => {
    const { Inspector } = await ambit("adapters/inspector/index.js");
    new Inspector();
  },
  "the guard": () => {},
};
const TURNS = 3;
const SETTINGS = { rounds: 3, milliseconds: 200 };

const [only] = process.argv.slice(2);
if (only === undefined) print(inTurns());
else console.log(JSON.stringify(await measured(only)));

/** Nothing is exported, and all is recorded. */
async function trace() {
  const { trace: api, context } = await import("@opentelemetry/api");
  const { BasicTracerProvider } = await import("@opentelemetry/sdk-trace-base");
  const { AmbitContextManager, traceScopes } = await ambit("adapters/opentelemetry/index.js");
  api.setGlobalTracerProvider(new BasicTracerProvider());
  context.setGlobalContextManager(new AmbitContextManager());
  traceScopes();
}

async function measured(watcher) {
  await WATCHERS[watcher]();
  const { sync } = requestsOf(make(graph, { guard: watcher === "the guard" }));
  return cpuRounds((n) => {
    for (let i = 0; i < n; i++) sync(new Request("Ada"));
  }, SETTINGS);
}

function inTurns() {
  const figures = Object.keys(WATCHERS).map((watcher) => [watcher, []]);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [watcher, values] of figures) values.push(...inProcess(watcher));
  }
  return figures.map(([watcher, values]) => [watcher, figureOf(values)]);
}

function inProcess(watcher) {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), watcher], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`${watcher} was not measured.`);
  return JSON.parse(stdout);
}

function print(figures) {
  console.log(
    `Node ${process.version}: CPU µs a request, the median of ${TURNS * SETTINGS.rounds} rounds (lowest to highest)`,
  );
  const width = Math.max(...figures.map(([watcher]) => watcher.length));
  for (const [watcher, { median, low, high }] of figures) {
    const [middle, least, most] = [median, low, high].map((nanoseconds) => (nanoseconds / 1000).toFixed(1));
    console.log(`  ${watcher.padEnd(width)}${middle.padStart(8)}  (${least} to ${most})`);
  }
}
