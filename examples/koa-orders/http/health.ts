import { inject } from "ambit";
import { requestScopes } from "ambit/koa";
import type Koa from "koa";
import { DbPool } from "../database/pool.js";
import { loggerOf } from "../logging.js";

const logger = loggerOf("http/health");

/** `/health`: whether the database answers, and how many connections and scopes are in use. */
export class HealthController {
  constructor(@inject(DbPool) readonly db: DbPool) {}

  async show(ctx: Koa.Context): Promise<void> {
    const database = await this.#databaseState();
    const { totalCount, idleCount, waitingCount } = this.db.pool;
    ctx.status = database === "up" ? 200 : 503;
    ctx.body = {
      database,
      connections: { open: totalCount, inUse: totalCount - idleCount, waiting: waitingCount },
      // The scope of the request that asks is one of them.
      liveScopes: [...requestScopes(ctx.app)].length,
    };
  }

  async #databaseState(): Promise<"up" | "down"> {
    try {
      await this.db.pool.query("SELECT 1");
      return "up";
    } catch (error) {
      logger.warn({ err: error }, "the database does not answer");
      return "down";
    }
  }
}
