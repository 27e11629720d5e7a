// A scope for each request of an Express app.
import { contextScoped, inject } from "ambit";
import { HttpRequest, invoke, scopePerRequest } from "ambit/express";
import express from "express";

@contextScoped()
class CurrentUser {
  readonly name: string;
  constructor(@inject(HttpRequest) req: express.Request) {
    this.name = req.get("user") ?? "stranger";
  }
}

class Hello {
  constructor(@inject(CurrentUser) readonly user: CurrentUser) {}
  show(_: express.Request, res: express.Response) {
    res.send(`hello ${this.user.name}\n`);
  }
}

const app = express();
app.use(scopePerRequest()); // closes each scope before its answer leaves; a commit that fails goes to error middleware
app.get("/", invoke(Hello, "show"));
app.listen(Number(process.env.PORT ?? 3000));
