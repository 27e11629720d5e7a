// hello-koa.ts
import { contextScoped, inject } from "ambit";
import { invoke, KoaContext, scopePerRequest } from "ambit/koa";
import Koa from "koa";

@contextScoped()
class CurrentUser {
  readonly name: string;
  constructor(@inject(KoaContext) ctx: Koa.Context) {
    this.name = ctx.get("user");
  }
}

class Hello {
  constructor(@inject(CurrentUser) readonly user: CurrentUser) {}
  show(ctx: Koa.Context) {
    ctx.body = `hello ${this.user.name}\n`;
  }
}

const app = new Koa();
app.use(scopePerRequest()); // opens a scope for each request, and closes it exactly once
app.use(invoke(Hello, "show")); // builds Hello for this request
app.listen(process.env.PORT ?? 3000);
