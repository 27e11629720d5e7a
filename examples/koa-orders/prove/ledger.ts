/** Counts transactions where they happen: in what PostgreSQL was told on each connection, and what it answered. */
import pg from "pg";
import { requestId } from "../logging.js";

export interface Transactions {
  begun: number;
  committed: number;
  rolledBack: number;
  /** COMMIT was sent and no answer came: only what is stored tells how they ended. */
  lost: number;
}

/** What a connection has begun and not ended. */
interface Session {
  open?: { readonly transactions: Transactions; readonly snapshot: boolean };
}

type Query = (...args: unknown[]) => Promise<pg.QueryResult>;

export class Ledger {
  readonly #byRequest = new Map<string, Transactions>();
  /** Read-only ones, of exports. */
  readonly snapshots = { begun: 0, ended: 0 };

  /** What the request with this id did. */
  of(id: string): Transactions {
    const known = this.#byRequest.get(id);
    if (known !== undefined) return known;
    const fresh = { begun: 0, committed: 0, rolledBack: 0, lost: 0 };
    this.#byRequest.set(id, fresh);
    return fresh;
  }

  total(count: keyof Transactions): number {
    return [...this.#byRequest.values()].reduce((sum, transactions) => sum + transactions[count], 0);
  }

  /** Counts on every connection that the pool opens from now on. */
  watch(pool: pg.Pool): void {
    pool.on("connect", (client) => {
      const query = client.query.bind(client) as Query;
      const session: Session = {};
      const counted: Query = async (...args) => {
        const result = query(...args);
        return typeof args[0] === "string" ? this.#count(args[0], result, session) : result;
      };
      Object.assign(client, { query: counted });
      client.on("end", () => this.#end(session, "rolledBack", session.open?.transactions));
    });
  }

  async #count(sql: string, result: Promise<pg.QueryResult>, session: Session): Promise<pg.QueryResult> {
    if (!/^(BEGIN|COMMIT|ROLLBACK)/.test(sql)) return result;
    const transactions = this.of(requestId.get("outside every request"));
    // It ends with this, whatever is answered; the connection's end must not count it again.
    if (sql === "COMMIT") session.open = undefined;
    const { command } = await result.catch((error) => {
      // After any other statement that fails, the transaction is open until somebody or the connection ends it.
      if (sql === "COMMIT") transactions[isRefusal(error) ? "rolledBack" : "lost"] += 1;
      throw error;
    });
    // A COMMIT of a failed transaction is answered by ROLLBACK.
    if (command !== "BEGIN") this.#end(session, command === "COMMIT" ? "committed" : "rolledBack", transactions);
    else this.#begin(session, { transactions, snapshot: sql.includes("READ ONLY") });
    return result;
  }

  #begin(session: Session, open: NonNullable<Session["open"]>): void {
    session.open = open;
    if (open.snapshot) this.snapshots.begun += 1;
    else open.transactions.begun += 1;
  }

  /** @param of whose transaction it was; a connection may also end with none */
  #end(session: Session, how: "committed" | "rolledBack", of: Transactions | undefined): void {
    const { open } = session;
    session.open = undefined;
    if (open?.snapshot) this.snapshots.ended += 1;
    else if (of !== undefined) of[how] += 1;
  }
}

/** Whether PostgreSQL said no, and has rolled back. A session that is being ended may say so after it has committed. */
function isRefusal(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.severity === "ERROR";
}
