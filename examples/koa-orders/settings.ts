/** What the environment decides, read in one place; the logger alone reads its level itself, in workers as well. */
import { isLevel } from "./logging.js";

/** What the process is told. */
export interface Settings {
  /** 0 lets the system choose a free one. */
  readonly port: number;
  /** Absent: an embedded PostgreSQL is started. */
  readonly databaseUrl: string | undefined;
  readonly schema: string;
  /** Absent: made anew at each start, and the page at "/" hands out tokens to try. */
  readonly authSecret: string | undefined;
  /** Whether /__ambit shows what the process does; refused where NODE_ENV is "production". */
  readonly inspect: boolean;
}

/** @throws Error that names the variable */
export function settingsFrom(env: NodeJS.ProcessEnv): Settings {
  assertLevel(env.LOG_LEVEL || "info");
  return {
    port: portFrom(env.PORT || "3000"),
    databaseUrl: databaseUrlFrom(env.DATABASE_URL || undefined),
    schema: schemaFrom(env.DATABASE_SCHEMA || "koa_orders"),
    authSecret: secretFrom(env.AUTH_SECRET || undefined),
    inspect: env.INSPECT === "1",
  };
}

function portFrom(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is no port number: "${text}".`);
  return port;
}

/** What is wrong is not repeated: it may have a password in it. */
function databaseUrlFrom(url: string | undefined): string | undefined {
  if (url === undefined || /^(postgres|postgresql|socket):/.test(url)) return url;
  throw new Error("DATABASE_URL is no URL of a database, such as postgresql://user:password@host/database.");
}

function assertLevel(level: string): void {
  if (!isLevel(level)) throw new Error(`LOG_LEVEL is no level: "${level}"; debug, info, warn, error and silent are.`);
}

function schemaFrom(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name)) throw new Error(`DATABASE_SCHEMA is no plain lower-case name: "${name}".`);
  return name;
}

function secretFrom(secret: string | undefined): string | undefined {
  if (secret !== undefined && secret.length < 32) throw new Error("AUTH_SECRET is shorter than 32 characters.");
  return secret;
}
