/** `npm run example:prove`: exits 0 when every number is as it must be, else 1. */
import "./quiet.js";
import { setTimeout as sleep } from "node:timers/promises";
import { disposeThread } from "ambit";
import { openDatabase } from "../database/connection.js";
import { dropSchema } from "../database/schema.js";
import { settingsFrom } from "../settings.js";
import { Cable } from "./cable.js";
import { type Options, optionsFrom, USAGE } from "./options.js";
import { type Proof, prove } from "./prove.js";
import { passed, tableOf } from "./report.js";
import { RestartCommand } from "./restart-command.js";
import { ownerPool } from "./stored.js";

try {
  const options = optionsFrom(process.argv.slice(2));
  console.log(headlineOf(options));
  const { lines, examples } = await inOwnSchema(options);
  console.log(["", tableOf(lines), "", ...examples].join("\n"));
  console.log(passed(lines) ? "Everything is as it must be." : `NOT as it must be. Again: --seed=${options.seed}`);
  process.exitCode = passed(lines) ? 0 : 1;
} catch (error) {
  console.error(error, `\n\nUsage: ${USAGE}`);
  process.exitCode = 1;
}
// Connections that a planted bug keeps would hold the process for ever.
process.exit();

function headlineOf({ requests, users, seed, concurrency, breakage, trouble }: Options): string {
  const planted = breakage === undefined ? "" : `, with the bug "${breakage}"`;
  const troubled = trouble === undefined ? "" : `, with trouble "${trouble}"`;
  return `${requests} requests of ${users} users, ${concurrency} at a time, seed ${seed}${planted}${troubled}.`;
}

async function inOwnSchema(options: Options): Promise<Proof> {
  const { databaseUrl } = settingsFrom(process.env);
  const schema = `koa_orders_prove_${process.pid}`;
  const { trouble, restartCommand } = options;
  if (restartCommand !== undefined && databaseUrl === undefined)
    throw new Error("--restart-command needs DATABASE_URL: the embedded PostgreSQL is restarted without one.");
  const cut = trouble === "restart" && databaseUrl !== undefined && restartCommand === undefined;
  const cable = cut ? await Cable.to(databaseUrl) : undefined;
  const database = await openDatabase(cable?.url ?? databaseUrl, schema);
  console.log(`In ${database.description}${cable === undefined ? "" : ", by a cable that can be cut"}.`);
  // The prover itself goes past the cable.
  const url = databaseUrl ?? database.url;
  const owner = ownerPool(url, schema);
  const restart = restartCommand === undefined ? undefined : new RestartCommand(restartCommand, url);
  try {
    return await prove(options, { owner, schema, outage: restart ?? cable ?? database.outage });
  } finally {
    await Promise.race([disposeThread(), sleep(2_000)]);
    await owner.end();
    await dropSchema(url, schema);
    await cable?.close();
    await database.stop();
  }
}
