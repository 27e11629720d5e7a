/** Promise 14: what is still alive of a closed scope keeps none of its instances and seeds. */
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { countAlive } from "../support/gc.js";
import { remembering, scopedRequest } from "./application.js";
import { type Alive, extraPerScope, FULL, firstBelow, SHELL } from "./costs.js";

const timers: Alive<NodeJS.Timeout> = {
  what: "live timers",
  count: 100_000,
  begin: (request) => request(async () => setTimeout(() => {}, 3_600_000)),
  end: (all) => all.forEach(clearTimeout),
};

const intervals: Alive<NodeJS.Timeout> = {
  what: "live intervals",
  count: FULL ? 100_000 : 20_000,
  begin: (request) => request(async () => setInterval(() => {}, 3_600_000)),
  end: (all) => all.forEach(clearInterval),
};

/** Both ends are in this process, so that there are two files to each; 20,000 is a usual limit. */
const SOCKETS = FULL ? 9_000 : 1_000;

let server: Server;
const sockets: Alive<Socket> = {
  what: "live sockets",
  count: SOCKETS,
  begin: (request) =>
    request(async () => {
      const socket = connect((server.address() as { port: number }).port, "127.0.0.1");
      await once(socket, "connect");
      return socket;
    }),
  end: async (all) => {
    const closed = all.map((socket) => once(socket, "close"));
    for (const socket of all) socket.destroy();
    await Promise.all(closed);
    await allClosed(server);
  },
};

/** Resolves when the other ends are closed, too. */
async function allClosed(of: Server): Promise<void> {
  const count = promisify(of.getConnections).bind(of);
  while ((await count()) > 0) await nextTurn();
}

async function withServer(work: () => Promise<void>): Promise<void> {
  server = createServer((socket) => void socket.resume()).listen(0, "127.0.0.1");
  await once(server, "listening");
  await work();
  server.close();
}

test.each([timers, intervals])(
  "14. a closed scope costs at most an empty shell more than a bare request, with $count $what",
  async (alive) => {
    expect(await firstBelow(SHELL, () => extraPerScope(alive))).toBeLessThan(SHELL);
  },
  300_000,
);

test(`14. a closed scope costs at most an empty shell more than a bare request, with ${SOCKETS} live sockets`, async () => {
  await withServer(async () => expect(await firstBelow(SHELL, () => extraPerScope(sockets))).toBeLessThan(SHELL));
}, 300_000);

test.each([timers, intervals])(
  "14. $what keep no instance and no seed",
  async ({ begin, end, count }) => {
    const refs: WeakRef<object>[] = [];
    const request = remembering(scopedRequest(), refs);
    const all = await Promise.all(Array.from({ length: FULL ? count : 2_000 }, () => begin(request)));
    expect(await countAlive(refs)).toBe(0);
    end(all);
  },
  300_000,
);

test("14. live sockets keep no instance and no seed", async () => {
  await withServer(async () => {
    const refs: WeakRef<object>[] = [];
    const request = remembering(scopedRequest(), refs);
    const all: Socket[] = [];
    for (let n = 0; n < (FULL ? SOCKETS : 200); n++) all.push(await sockets.begin(request));
    expect(await countAlive(refs)).toBe(0);
    await sockets.end(all);
  });
}, 300_000);
