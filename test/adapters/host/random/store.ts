/** Where the rows of transactions go: one store in memory, another in PostgreSQL (postgres-store.ts). */
import { setImmediate as nextTurn } from "node:timers/promises";

export interface Store {
  begin(name: string): Promise<Session>;
  /** How many rows of each transaction are there for everybody to see. */
  rows(): Promise<Map<string, number>>;
  /** How many sessions are not over. */
  readonly busy: number;
}

/** A transaction that has begun. */
export interface Session {
  write(): Promise<unknown>;
  /** Writes what COMMIT will refuse. */
  spoil(): Promise<unknown>;
  /** @throws when it is refused: nothing of it is there then */
  commit(): Promise<unknown>;
  rollback(): Promise<unknown>;
}

export class MemoryStore implements Store {
  readonly #rows = new Map<string, number>();
  busy = 0;

  async begin(name: string): Promise<Session> {
    await nextTurn();
    this.busy += 1;
    let rows = 0;
    let spoiled = false;
    const over = async (): Promise<void> => {
      await nextTurn();
      this.busy -= 1;
    };
    return {
      write: async () => void (rows += 1),
      spoil: async () => void (spoiled = true),
      commit: async () => {
        await over();
        if (spoiled) throw new Error("COMMIT was refused.");
        this.#rows.set(name, rows);
      },
      rollback: over,
    };
  }

  async rows(): Promise<Map<string, number>> {
    return this.#rows;
  }
}
