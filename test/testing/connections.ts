/** What the tests of explorations explore with: a fake connection, and findings that are seen again. */
import { Container, Lifecycle } from "ambit";
import { type ExploreOptions, explore, io, type Report } from "ambit/testing";
import { expect } from "vitest";

/** A connection to a database that is not there. */
export class Connection {
  user: string | undefined;

  async query(sql: string): Promise<string> {
    return io(sql, () => `${sql} as ${this.user}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** One connection for each scope. */
export function containerWithConnections(): Container {
  return new Container().register(Connection, Connection, { lifecycle: Lifecycle.ContextScoped });
}

/** What was found, by kind and name. */
export function kindsIn({ findings }: Report): string[] {
  return findings.map(({ kind, name }) => `${kind} ${name}`);
}

/** Explores, and sees each finding again by the replay string that it has printed. */
export async function explored(options: ExploreOptions): Promise<string[]> {
  const report = await explore({ seed: 1, ...options });
  for (const { kind, name, message, repeatable } of report.findings) {
    expect(repeatable).toBe(true);
    const again = await explore({ ...options, replay: /replay: (\S+)$/.exec(message)?.[1] ?? "none" });
    expect(again.orders).toBe(1);
    expect(kindsIn(again)).toContain(`${kind} ${name}`);
  }
  return kindsIn(report);
}
