/** An exploration of a Koa application, without sockets. */
import { IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import { Duplex } from "node:stream";
import { Container, inject, Lifecycle } from "ambit";
import { invoke, KoaContext, scopePerRequest } from "ambit/koa";
import { io } from "ambit/testing";
import Koa from "koa";
import { expect, test } from "vitest";
import { Connection, containerWithConnections, explored } from "./connections.js";

/** Asks an application as its server would, and gives the answer's status and body. */
async function ask(listener: RequestListener, path: string, user: string): Promise<string> {
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  const request = Object.assign(new IncomingMessage(socket as never), { method: "GET", url: path, headers: { user } });
  request.push(null);
  const response = new ServerResponse(request);
  const body: Buffer[] = [];
  response.write = (chunk: string) => body.push(Buffer.from(chunk)) > 0;
  const { end } = response;
  const over = new Promise<void>((resolve) => void response.once("finish", resolve));
  response.end = ((chunk?: string) => {
    if (chunk !== undefined) body.push(Buffer.from(chunk));
    return end.call(response, undefined, "utf8");
  }) as typeof end;
  response.assignSocket(socket as never);
  listener(request, response);
  await over;
  return `${response.statusCode} ${Buffer.concat(body).toString()}`;
}

class Orders {
  constructor(
    @inject(KoaContext) readonly ctx: Koa.Context,
    @inject(Connection) readonly connection: Connection,
  ) {
    connection.user = ctx.get("user");
  }

  async list(ctx: Koa.Context) {
    ctx.body = await this.connection.query("SELECT orders");
  }
}

function appOf(container: Container): RequestListener {
  const app = new Koa();
  app.silent = true;
  app.use(scopePerRequest(container));
  app.use(invoke(Orders, "list"));
  const answer = app.callback();
  return (request, response) => void answer(request, response);
}

async function findingsFor(makeContainer: () => Container): Promise<string[]> {
  let app: RequestListener;
  return explored({
    container: () => {
      const container = makeContainer();
      container.register(Orders, Orders, { lifecycle: Lifecycle.ContextScoped });
      app = appOf(container);
      return container;
    },
    async visit({ number }) {
      await io("arrives at the server", () => {});
      expect(await ask(app, "/orders", `user ${number}`)).toBe(`200 SELECT orders as user ${number}`);
    },
  });
}

test("finds nothing in an app whose requests have connections of their own", async () => {
  expect(await findingsFor(containerWithConnections)).toEqual([]);
});

test("finds the connection that two requests share", async () => {
  const shared = () => {
    const kept = new Connection();
    return new Container().register(Connection, { useFactory: () => kept }, { lifecycle: Lifecycle.ContextScoped });
  };
  expect(await findingsFor(shared)).toEqual(expect.arrayContaining(["shared Connection"]));
});
