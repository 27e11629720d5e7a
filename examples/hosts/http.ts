// A scope for each request of Node's own server.
import { createServer, type IncomingMessage } from "node:http";
import { container, contextScoped, inject } from "ambit";
import { HttpRequest, scopePerRequest } from "ambit/http";

@contextScoped()
class CurrentUser {
  readonly name: string;
  constructor(@inject(HttpRequest) req: IncomingMessage) {
    this.name = String(req.headers["user"] ?? "stranger");
  }
}

const answer = scopePerRequest(container, async (_, res, scope) => {
  const user = await scope.resolveAsync(CurrentUser);
  res.end(`hello ${user.name}\n`); // leaves when the scope has closed; what the handler throws is a 500
});

createServer(answer).listen(Number(process.env.PORT ?? 3000));
