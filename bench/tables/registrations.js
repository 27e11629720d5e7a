/** The same request in apps that have registered more and more that it does not need. */
import { cpuRounds } from "../clock.js";
import { AMBIT, NEAREST } from "../contenders/index.js";
import { Request } from "../graph.js";
import { requestsOf } from "../requests.js";
import { classes, graph } from "../services.js";
import { apiOf } from "./common.js";

export default {
  title: "One request, by the number of registrations",
  unit: "CPU ns",
  columns: { 10: "10", 1000: "1,000", 10000: "10,000" },
  rows: [...AMBIT, ...NEAREST],
  note: "A third of them of each lifetime; none is asked for. One at a time, sync.",

  async measure(row, column, settings) {
    const unrelated = ["singleton", "scoped", "transient"].flatMap((lifetime, index) =>
      classes(Math.floor((Number(column) - graph.length + index) / 3), lifetime),
    );
    const { sync } = requestsOf(await apiOf(row, [...graph, ...unrelated]));
    return cpuRounds((n) => {
      for (let i = 0; i < n; i++) sync(new Request("Ada"));
    }, settings);
  },
};
