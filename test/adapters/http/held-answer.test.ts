/** What a handler may do with an answer that is held: as without ambit, or as if it had left. */
import { once } from "node:events";
import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container } from "ambit";
import { type Handler, scopePerRequest } from "ambit/http";
import { expect, onTestFinished, test } from "vitest";

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
