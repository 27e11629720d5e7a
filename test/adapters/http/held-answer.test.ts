/** What a handler may do with an answer that is held: as without ambit, or as if it had left. */
import { once } from "node:events";
import { createServer, type OutgoingHttpHeader, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Container, type Outcome } from "ambit";
import { type Handler, scopePerRequest } from "ambit/http";
import { describe, expect, onTestFinished, test } from "vitest";
import { deferred } from "../../support/deferred.js";
import { ask, Connection, listen } from "../host/server.js";
import { askHttp2 } from "./ask-http2.js";

/** Serves a handler; gives the port, how each scope ended, and what was told. */
async function serve(handler: Handler) {
  const outcomes: Outcome[] = [];
  const errors: unknown[] = [];
  const hearing: Handler = (req, res, scope) => {
    scope.defer((outcome) => void outcomes.push(outcome));
    return handler(req, res, scope);
  };
  const listener = scopePerRequest(new Container(), hearing, { onError: (error) => errors.push(error) });
  return { outcomes, errors, port: await listen(createServer(listener)) };
}

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
  expect(await askHttp2(handler)).toBe("done");
  await nextTurn();
  expect(warnings).toEqual([]);
});

test("leaves nothing of its reason to the error that takes its place", async () => {
  const { port } = await serve((_, res, scope) => {
    scope.defer(() => Promise.reject(new Error("COMMIT was refused")));
    res.statusMessage = "All Good";
    res.end("saved");
  });
  expect(await rawAnswer(port)).toContain("HTTP/1.1 500 Internal Server Error\r\n");
});

describe.each<[string, string, (res: ServerResponse) => unknown]>([
  [
    "a reason with characters that no header has",
    "ERR_INVALID_CHAR",
    (res) => {
      res.statusMessage = "保存";
      res.end("saved");
    },
  ],
  ["such a reason of a head", "ERR_INVALID_CHAR", (res) => res.writeHead(200, "保存").end("saved")],
  [
    "such a reason before a head",
    "ERR_INVALID_CHAR",
    (res) => {
      res.statusMessage = "保存";
      res.writeHead(200).end("saved");
    },
  ],
  [
    "a header with such characters",
    "ERR_INVALID_CHAR",
    (res) => res.writeHead(200, { "X-Names": ["Ada", "保存"] }).end("saved"),
  ],
  [
    "a header with such a name, among names and values",
    "ERR_INVALID_HTTP_TOKEN",
    (res) => res.writeHead(200, ["保存", "Ada"]).end("saved"),
  ],
  ["a header without a value", "ERR_HTTP_INVALID_HEADER_VALUE", (res) => res.writeHead(200, ["X-Name"]).end("saved")],
  ["content that is neither text nor bytes", "ERR_INVALID_ARG_TYPE", (res) => res.end({ id: 1 })],
  [
    "a status that is none",
    "ERR_HTTP_INVALID_STATUS_CODE",
    (res) => {
      res.statusCode = 20;
      res.end("saved");
    },
  ],
])("%s", (_, code, answer) => {
  test("is refused where the handler can catch it, who may answer otherwise", async () => {
    const { port, outcomes, errors } = await serve((_, res) => {
      expect(() => answer(res)).toThrow(expect.objectContaining({ code }));
      res.statusMessage = "Made";
      res.statusCode = 201;
      res.end("saved");
    });
    expect(await rawAnswer(port)).toMatch(/^HTTP\/1\.1 201 Made\r\n[^]*saved$/);
    expect([outcomes, errors]).toEqual([[{ status: "success" }], []]);
  });

  test("is a 500 and an error where the handler does not catch it", async () => {
    const { port, outcomes, errors } = await serve((_, res) => void answer(res));
    expect(await rawAnswer(port)).toContain("HTTP/1.1 500 Internal Server Error\r\n");
    expect(errors).toMatchObject([{ code }]);
    expect(outcomes).toEqual([{ status: "error", error: errors[0] }]);
  });
});

test("with trailers that cannot be sent is a 500, without them", async () => {
  const { port, errors } = await serve((_, res) => {
    res.setHeader("Trailer", "X-Sum").addTrailers({ "X-Sum": "1" });
    res.end("saved");
  });
  expect(await ask(port, "/", { method: "HEAD" })).toMatchObject({ status: 500 });
  expect(errors).toMatchObject([{ code: "ERR_HTTP_TRAILER_INVALID" }]);
});

test("cuts the connection, and says why, where what wraps the response refuses the error as well", async () => {
  const errors: unknown[] = [];
  const options = { onError: (error: unknown) => void errors.push(error) };
  const listener = scopePerRequest(new Container(), (_, res) => res.end("saved"), options);
  const refusal = new Error("no head today");
  const server = createServer((req, res) => {
    res.writeHead = () => {
      throw refusal;
    };
    listener(req, res);
  });
  expect(await rawAnswer(await listen(server))).toBe("");
  expect(errors).toEqual([refusal, refusal]);
});

test.each<[string, (sums: string[]) => OutgoingHttpHeaders | OutgoingHttpHeader[]]>([
  ["an object", (sums) => ({ "X-Id": "1", "X-Sum": sums })],
  ["names and values", (sums) => ["X-Id", "1", "X-Sum", sums]],
  [
    "pairs",
    (sums) =>
      [
        ["X-Id", "1"],
        ["X-Sum", sums],
      ] as never,
  ],
])("has the headers that its head was given as %s, whatever becomes of these", async (_, headersOf) => {
  const { port } = await serve((_, res) => {
    const sums = ["1", "2"];
    const headers = headersOf(sums);
    res.writeHead(200, headers);
    sums[0] = "changed";
    if (!Array.isArray(headers)) headers["X-Id"] = "changed";
    else if (Array.isArray(headers[0])) headers[0][1] = "changed";
    else headers[1] = "changed";
    res.end("saved");
  });
  expect((await ask(port)).headers).toMatchObject({ "x-id": "1", "x-sum": "1, 2" });
});

describe("calls back", () => {
  test("whoever ended it, when the error has left that takes its place", async () => {
    const { port, errors } = await serve(async (_, res, scope) => {
      scope.defer(() => Promise.reject(new Error("COMMIT was refused")));
      await new Promise<void>((resolve) => res.end("saved", resolve));
      errors.push("called back");
    });
    expect(await ask(port)).toMatchObject({ status: 500 });
    expect(errors).toMatchObject([{ message: "COMMIT was refused" }, "called back"]);
  });

  test("whoever ends it again without content", async () => {
    const called: string[] = [];
    const { port } = await serve((_, res) => {
      res.end(() => called.push("first"));
      res.end(() => called.push("second"));
    });
    await ask(port);
    expect(called).toEqual(["first", "second"]);
  });

  test.each<[string, (res: ServerResponse, done: (error?: Error | null) => void) => unknown]>([
    ["writes to it", (res, done) => res.write("more", done)],
    ["writes to it in an encoding", (res, done) => res.write("more", "latin1", done)],
    ["ends it again with content", (res, done) => res.end("more", done)],
  ])("with an error whoever %s", async (_, answer) => {
    const refused = deferred<unknown>();
    const { port } = await serve((_, res) => {
      res.end("saved");
      let isLater = false;
      answer(res, (error) => refused.resolve([isLater, error]));
      isLater = true;
    });
    expect(await ask(port)).toMatchObject({ status: 200, body: "saved" });
    expect(await refused.promise).toMatchObject([true, { code: "ERR_STREAM_WRITE_AFTER_END" }]);
  });
});
