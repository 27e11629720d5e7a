// A scope for each request of a Fastify app.
import { contextScoped, inject } from "ambit";
import { HttpRequest, invoke, scopePerRequest } from "ambit/fastify";
import fastify, { type FastifyRequest } from "fastify";

@contextScoped()
class CurrentUser {
  readonly name: string;
  constructor(@inject(HttpRequest) request: FastifyRequest) {
    this.name = String(request.headers["user"] ?? "stranger");
  }
}

class Hello {
  constructor(@inject(CurrentUser) readonly user: CurrentUser) {}
  async show() {
    return `hello ${this.user.name}\n`;
  }
}

const app = fastify();
app.register(scopePerRequest()); // closes each scope before its reply leaves; a commit that fails goes to the error handler
app.get("/", invoke(Hello, "show"));
await app.listen({ port: Number(process.env.PORT ?? 3000) });
