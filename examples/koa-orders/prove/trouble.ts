/** What happens to the database while the requests run. */
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import type { Outage } from "../database/embedded.js";

/** Where the trouble is made. */
export interface Scene {
  readonly owner: pg.Pool;
  /** Also the name under which the app's sessions are known. */
  readonly schema: string;
  readonly outage: Outage | undefined;
}

interface Recipe {
  /** Milliseconds between two times. */
  readonly every: number;
  /** Makes it once. @returns how many sessions were ended by name */
  strike(scene: Scene): Promise<number>;
}

/** Longer than a statement of the app may take under `--trouble=timeout`. */
const LOCKED_FOR = 0.8;
const STATEMENT_TIMEOUT = "500ms";
const AWAY_FOR = 500;

export const TROUBLES = {
  /** An administrator ends sessions, whatever they are doing. */
  terminate: { every: 30, strike: terminate },
  /** Statements wait for a lock longer than they may. */
  timeout: { every: 300, strike: lock },
  /** The server goes away with every connection, and comes back. */
  restart: { every: 700, strike: restart },
} as const satisfies Record<string, Recipe>;

export type TroubleKind = keyof typeof TROUBLES;

/** Trouble again and again, until it is told to end. */
export class Trouble {
  times = 0;
  sessionsEnded = 0;
  readonly #over = new AbortController();
  #made: Promise<void> | undefined;

  constructor(
    readonly kind: TroubleKind,
    readonly scene: Scene,
  ) {
    // Later ones win; connections that are open already keep theirs.
    if (kind === "timeout") process.env.PGOPTIONS += ` -c statement_timeout=${STATEMENT_TIMEOUT}`;
  }

  begin(): void {
    this.#made = this.#make();
    // Told by end().
    this.#made.catch(() => {});
  }

  /** Resolves when the database is well again. @throws what went wrong in making trouble */
  async end(): Promise<void> {
    this.#over.abort();
    await this.#made;
  }

  async #make(): Promise<void> {
    const { every, strike } = TROUBLES[this.kind];
    const { signal } = this.#over;
    while (!signal.aborted) {
      await sleep(every, undefined, { signal }).catch(() => {});
      this.sessionsEnded += await strike(this.scene);
      this.times += 1;
    }
  }
}

async function terminate({ owner, schema }: Scene): Promise<number> {
  const { rowCount } = await owner.query(
    `SELECT pg_terminate_backend(pid, 1000) FROM (
       SELECT pid FROM pg_stat_activity WHERE application_name = $1 ORDER BY random() LIMIT 2) AS chosen`,
    [schema],
  );
  return rowCount ?? 0;
}

async function lock({ owner }: Scene): Promise<number> {
  await owner.query(`
    BEGIN;
    LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;
    SELECT pg_sleep(${LOCKED_FOR});
    ROLLBACK`);
  return 0;
}

async function restart({ outage }: Scene): Promise<number> {
  if (outage === undefined) throw new Error("This database cannot be taken away.");
  await outage.begin();
  await sleep(AWAY_FOR);
  await outage.end();
  return 0;
}
