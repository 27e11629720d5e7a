/** A Koa server under load on loopback, with the graph built by hand, also in AsyncLocalStorage, and with a scope per request. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { figureOf } from "../statistics.js";

const CONNECTIONS = 20;
const WARM_UP = 40_000;
const REQUESTS = 20_000;
const COLUMNS = { cpu: "CPU µs a request", rate: "requests a second", p99: "p99 ms" };

export default {
  title: "Koa on loopback, 20 connections",
  unit: "of the server",
  columns: COLUMNS,
  rows: ["plain", "als", "ambit"],
  titles: {
    plain: "Koa, the graph by hand",
    als: "Koa, the graph by hand in AsyncLocalStorage",
    ambit: "Koa, a scope per request",
  },
  base: "plain",
  together: true,
  turns: (turns) => (turns > 1 ? turns + 2 : 1),
  rounds: 2,
  derive: paired,

  async measure(row, _column, { rounds }) {
    const server = fork(fileURLToPath(new URL("../koa/server.js", import.meta.url)), [row]);
    const [port] = await once(server, "message");
    const figures = { cpu: [], rate: [], p99: [] };
    await load(port, WARM_UP);
    for (let round = 0; round < rounds; round++) {
      await ask(server, "start");
      const { latency, duration } = await load(port, REQUESTS);
      const { cpu, requests } = await ask(server, "stop");
      figures.cpu.push(cpu / requests);
      figures.rate.push(requests / duration);
      figures.p99.push(latency.p99);
    }
    server.disconnect();
    return figures;
  },
};

async function load(port, amount) {
  const { default: autocannon } = await import("autocannon");
  const options = {
    url: `http://127.0.0.1:${port}/`,
    connections: CONNECTIONS,
    amount,
    sampleInt: 50,
    headers: { user: "Ada" },
  };
  const result = await autocannon(options);
  if (result.non2xx + result.errors > 0) throw new Error("the server failed requests");
  return result;
}

async function ask(server, question) {
  const answer = once(server, "message");
  server.send(question);
  return (await answer)[0];
}

/** What the scope adds, in percent, from rounds that ran next to each other. */
function paired(rows) {
  const [plain, ambit] = ["plain", "ambit"].map((name) => rows.find(({ row }) => row === name));
  const percent = (key) => ambit.values[key].map((value, index) => (100 * value) / plain.values[key][index] - 100);
  const cells = Object.keys(COLUMNS).map((key) => [key, figureOf(percent(key))]);
  return { row: "paired", title: "with the scope, paired", unit: "%", words: [], cells: Object.fromEntries(cells) };
}
