/** The process: settings, database, server, signals. */
import { disposeThread } from "ambit";
import { Inspector } from "ambit/inspector";
import { createApp } from "./app.js";
import { Tokens } from "./auth/tokens.js";
import { openDatabase } from "./database/connection.js";
import { loggerOf } from "./logging.js";
import { RunningServer } from "./server.js";
import { settingsFrom } from "./settings.js";

const logger = loggerOf("main");
const FINISH_WITHIN = 10_000;
const END_WITHIN = 20_000;

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? explanationOf(error) : error);
  process.exitCode = 1;
}

async function run(): Promise<void> {
  const settings = settingsFrom(process.env);
  const inspector = settings.inspect ? new Inspector() : undefined;
  const database = await openDatabase(settings.databaseUrl, settings.schema);
  try {
    const app = createApp(new Tokens(settings.authSecret), { demo: settings.authSecret === undefined, inspector });
    const server = await RunningServer.start(app, settings.port);
    console.log(`Open ${server.url} to see what to try; Ctrl-C ends it. The data is in ${database.description}.`);

    logger.info({ signal: await endSignal() }, "finishing the requests that run");
    setTimeout(giveUp, END_WITHIN).unref();
    inspector?.close(); // its pages would be waited for
    const finished = await server.finish(FINISH_WITHIN);
    await disposeThread(); // rolls back what is still open, and ends the workers and the connections
    logger.info({ finished }, "ended");
  } finally {
    await database.stop();
  }
}

/** Later signals are ignored: npm passes a Ctrl-C on that this process has heard already. */
function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.on("SIGINT", resolve);
    process.on("SIGTERM", resolve);
  });
}

function giveUp(): never {
  logger.error(`not ended within ${END_WITHIN} ms`);
  process.exit(1);
}

/** The causes matter to whoever starts this, its own stack does not. */
function explanationOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\n  because: ${explanationOf(error.cause)}` : "";
  return `${error.message}${cause}`;
}
