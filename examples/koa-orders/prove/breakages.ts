/** Three bugs that servers really have had. Each registers one thing differently; the rest of the app is as it was. */
import { container, injectRef, Lifecycle, type Ref } from "ambit";
import { KoaContext } from "ambit/koa";
import type Koa from "koa";
import type pg from "pg";
import { authenticate } from "../auth/authentication.js";
import { CurrentUser } from "../auth/current-user.js";
import { DbPool } from "../database/pool.js";
import { Transaction } from "../database/transaction.js";

export const BREAKAGES = {
  /** One user object for all, which remembers whom it saw first. */
  "singleton-user": () => {
    container.register(CurrentUser, { useClass: FirstUser }, { lifecycle: Lifecycle.Singleton });
  },

  /** One connection for all: each request's BEGIN, user and COMMIT act upon everybody's work. */
  "shared-connection": () => {
    container.register(
      SharedConnection,
      { deps: [DbPool], useAsyncFactory: async (db: DbPool) => new SharedConnection(await db.pool.connect()) },
      { lifecycle: Lifecycle.Singleton },
    );
    container.register(
      Transaction,
      {
        deps: [SharedConnection],
        async *useGenerator({ client }: SharedConnection) {
          await client.query("BEGIN");
          const outcome = yield new Transaction(client);
          await client.query(outcome.status === "success" ? "COMMIT" : "ROLLBACK");
        },
      },
      { lifecycle: Lifecycle.ContextScoped },
    );
  },

  /** Transactions are begun, and then nobody ends them. */
  "never-close": () => {
    container.register(
      Transaction,
      {
        deps: [DbPool],
        async useAsyncFactory(db: DbPool) {
          const client = await db.pool.connect();
          await client.query("BEGIN");
          return new Transaction(client);
        },
      },
      { lifecycle: Lifecycle.ContextScoped },
    );
  },
};

export type Breakage = keyof typeof BREAKAGES;

class FirstUser implements CurrentUser {
  #first: string | undefined;

  constructor(@injectRef(KoaContext) readonly ctx: Ref<Koa.Context>) {}

  get id(): string {
    this.#first ??= authenticate(this.ctx.get());
    return this.#first;
  }
}

class SharedConnection {
  constructor(readonly client: pg.PoolClient) {}
}
