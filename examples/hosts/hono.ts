// A scope for each request of a Hono app.
import { serve } from "@hono/node-server";
import { contextScoped, inject } from "ambit";
import { HonoContext, invoke, scopePerRequest } from "ambit/hono";
import { type Context, Hono } from "hono";

@contextScoped()
class CurrentUser {
  readonly name: string;
  constructor(@inject(HonoContext) c: Context) {
    this.name = c.req.header("user") ?? "stranger";
  }
}

class Hello {
  constructor(@inject(CurrentUser) readonly user: CurrentUser) {}
  async show(c: Context) {
    return c.text(`hello ${this.user.name}\n`);
  }
}

const app = new Hono();
app.use(scopePerRequest()); // closes each scope before its response leaves; a commit that fails goes to app.onError
app.get("/", invoke(Hello, "show"));
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) });
