/** The services of both programs: no line of this file changes. */
import { inject, injectable } from "tsyringe";

/** Who asks: each request gives one. */
export class CurrentUser {
  constructor(readonly name: string) {}
}

/** Stands for a connection to a database: one for each request, closed when the request is over. */
export class Connection {
  static opened = 0;
  static closed = 0;
  #closed = false;

  constructor() {
    Connection.opened++;
  }

  query(text: string): string {
    if (this.#closed) throw new Error("the connection is closed");
    return `[${text}]`;
  }

  dispose(): void {
    this.#closed = true;
    Connection.closed++;
  }
}

@injectable()
export class Orders {
  constructor(
    @inject(Connection) private readonly connection: Connection,
    @inject(CurrentUser) private readonly user: CurrentUser,
  ) {}

  latest(): string {
    return this.connection.query(`latest order of ${this.user.name}`);
  }

  /** Asks the connection for each row while the answer is being sent. */
  *all(): Generator<string> {
    for (const number of [1, 2, 3]) yield this.connection.query(`order ${number} of ${this.user.name}`);
  }
}
