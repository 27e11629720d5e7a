/** The same over HTTP/2, where a response finishes even if its client has gone. */
import { once } from "node:events";
import { connect, constants, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { Container } from "ambit";
import { listener, scopePerRequest } from "ambit/koa";
import type Koa from "koa";
import { expect, onTestFinished, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { ending, quietApp, scopeNow } from "./server.js";

/** One request over HTTP/2. */
async function request(app: Koa) {
  const server = createServer(listener(app)).listen(0);
  await once(server, "listening");
  const session = connect(`http://localhost:${(server.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    session.destroy();
    server.close();
    await once(server, "close");
  });
  const stream = session.request({ ":path": "/" });
  stream.on("error", () => {});
  return stream;
}

function scopedApp() {
  const app = quietApp();
  const ended = ending();
  app.use(scopePerRequest(new Container())).use(ended.middleware);
  return { app, ended };
}

test("an answer that is sent is a success", async () => {
  const { app, ended } = scopedApp();
  app.use((ctx) => void (ctx.body = Readable.from(["row"])));
  expect(await text(await request(app))).toBe("row");
  expect(await ended.outcome).toEqual({ status: "success" });
});

test("a stream that is cut is aborted", async () => {
  const { app, ended } = scopedApp();
  app.use((ctx) => {
    const body = new Readable({ read() {} });
    body.push("start");
    ctx.body = body;
  });
  const stream = await request(app);
  await once(stream, "data");
  stream.close(constants.NGHTTP2_CANCEL);
  expect(await ended.outcome).toMatchObject({ status: "aborted" });
});

test("a client that leaves during the handler fires scope.signal", async () => {
  const { app, ended } = scopedApp();
  const started = deferred();
  app.use(async () => {
    const { signal } = scopeNow();
    started.resolve();
    await once(signal, "abort");
    throw signal.reason;
  });
  const stream = await request(app);
  await started.promise;
  stream.close(constants.NGHTTP2_CANCEL);
  expect(await ended.outcome).toMatchObject({ status: "aborted" });
});
