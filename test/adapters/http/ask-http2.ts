/** A request on HTTP/2 to a handler in a scope. */
import { once } from "node:events";
import * as http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Container } from "ambit";
import { type Handler, scopePerRequest } from "ambit/http";
import { onTestFinished } from "vitest";

/** Serves `handler` until the test has ended; gives the body of one answer. */
export async function askHttp2(handler: Handler): Promise<string> {
  const server = http2.createServer(scopePerRequest(new Container(), handler) as never).listen(0);
  await once(server, "listening");
  const client = http2.connect(`http://localhost:${(server.address() as AddressInfo).port}`);
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return text(client.request({ ":path": "/" }));
}
