/** What the environment decides, read in one place. */
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
  return {
    port: portFrom(env.PORT || "3000"),
    databaseUrl: env.DATABASE_URL || undefined,
    schema: schemaFrom(env.DATABASE_SCHEMA || "koa_orders"),
    authSecret: secretFrom(env.AUTH_SECRET || undefined),
    inspect: env.INSPECT === "1",
  };
}

function portFrom(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is not a port number: "${text}".`);
  return port;
}

function schemaFrom(name: string): string {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(name))
    throw new Error(`DATABASE_SCHEMA is not a plain lower-case name: "${name}".`);
  return name;
}

function secretFrom(secret: string | undefined): string | undefined {
  if (secret !== undefined && secret.length < 32) throw new Error("AUTH_SECRET is shorter than 32 characters.");
  return secret;
}
