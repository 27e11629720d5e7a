/** What a handler may do with an answer that is held: as without ambit, or as if it had left. */
import { once } from "node:events";
import { createServer } from "node:http";
import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container } from "ambit";
import { type Handler, scopePerRequest } from "ambit/http";
import { expect, onTestFinished, test } from "vitest";
import { Connection, listen } from "../host/server.js";

/** All that a server says to one request, byte by byte. */
async function rawAnswer(port: number): Promise<string> {
  const connection = (await Connection.to(port)).get("/", "Connection: close\r\n");
  await once(connection.socket, "close");
  return connection.received;
}

test("has no reason on HTTP/2, where Node would warn of it", async () => {
  const warnings: Error[] = [];
  const hear = (warning: Error): void => void warnings.push(warning);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  const handler: Handler = (_, res) => res.writeHead(200).end("done");
  const server = http2.createServer(scopePerRequest(new Container(), handler) as never).listen(0);
  await once(server, "listening");
  const client = http2.connect(`http://localhost:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  expect(await text(client.request({ ":path": "/" }))).toBe("done");
  await nextTurn();
  expect(warnings).toEqual([]);
});

test("leaves nothing of its reason to the error that takes its place", async () => {
  const handler: Handler = (_, res, scope) => {
    scope.defer(() => Promise.reject(new Error("COMMIT was refused")));
    res.statusMessage = "All Good";
    res.end("saved");
  };
  const port = await listen(createServer(scopePerRequest(new Container(), handler, { onError: () => {} })));
  expect(await rawAnswer(port)).toContain("HTTP/1.1 500 Internal Server Error\r\n");
});
