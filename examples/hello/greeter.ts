// hello/greeter.ts
import { inject } from "tsyringe"; // a service of an older program, unchanged
import type { DbConnection } from "../hello.js";

export class Greeter {
  constructor(@inject("DbConnection") readonly db: DbConnection) {}

  greet(name: string): string {
    return `${name} is served by connection ${this.db.number}`;
  }
}
