/** Promise 14: a pool that is made, and grows, inside of requests keeps nothing of them. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { Lifecycle } from "ambit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { countAlive } from "../support/gc.js";
import { application, remembering, scopedRequest } from "./application.js";

const REQUESTS = 2_000;
const AT_ONCE = 20;

let server: Server;

beforeAll(async () => {
  server = createServer((socket) => void socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
});

afterAll(() => void server.close());

/**
 * What pools of connections do: connect for the request that finds none idle, listen for its end, time it out when it
 * idles, and look after all of them in an interval.
 */
class Pool {
  readonly idle: { socket: Socket; timer: NodeJS.Timeout }[] = [];
  readonly upkeep = setInterval(() => {}, 3_600_000);
  opened = 0;

  async query(text: string): Promise<string> {
    const socket = await this.#take();
    socket.write(text);
    const [answer] = await once(socket, "data");
    this.idle.push({ socket, timer: setTimeout(() => socket.destroy(), 3_600_000) });
    return String(answer);
  }

  dispose(): void {
    clearInterval(this.upkeep);
    for (const { socket, timer } of this.idle) {
      clearTimeout(timer);
      socket.destroy();
    }
  }

  async #take(): Promise<Socket> {
    const idle = this.idle.pop();
    if (idle !== undefined) {
      clearTimeout(idle.timer);
      return idle.socket;
    }
    this.opened++;
    const socket = connect((server.address() as { port: number }).port, "127.0.0.1");
    socket.on("error", () => {});
    await once(socket, "connect");
    return socket;
  }
}

test.each(["Singleton", "ThreadScoped"] as const)(
  "14. a %s pool that requests open keeps no instance and no seed of them",
  async (lifetime) => {
    const container = application().register(Pool, Pool, { lifecycle: Lifecycle[lifetime] });
    const refs: WeakRef<object>[] = [];
    const request = remembering(scopedRequest(container), refs);
    const serve = () => request(async () => container.resolve(Pool).query("SELECT 1"));

    for (let n = 0; n < REQUESTS; n += AT_ONCE) await Promise.all(Array.from({ length: AT_ONCE }, serve));

    expect(refs).toHaveLength(3 * REQUESTS);
    expect(container.resolve(Pool).opened).toBe(AT_ONCE);
    expect(await countAlive(refs)).toBe(0);
    await container.dispose();
  },
  60_000,
);
