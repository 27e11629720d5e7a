/** The program at the top of the design, word for word, but for `authenticate` and the controller. */
import Router from "@koa/router";
import { container, contextScoped, inject, injectRef, Lifecycle, type Ref, singleton, threadScoped } from "ambit";
import { invoke, KoaContext, scopePerRequest } from "ambit/koa";
import type Koa from "koa";
import KoaApp from "koa";
import pg from "pg";

const authenticate = (ctx: Koa.Context): string => ctx.get("user");
export const app = new KoaApp();
const router = new Router();

// biome-ignore format: word for word
@threadScoped()                                            // one per worker thread, ended when the thread ends
class DbPool { readonly pool = new pg.Pool(); [Symbol.asyncDispose]() { return this.pool.end() } }

// biome-ignore format: word for word
@contextScoped()                                           // one per request
class CurrentUser { readonly id: string; constructor(@inject(KoaContext) ctx: Koa.Context) { this.id = authenticate(ctx) } }

// biome-ignore format: word for word
class Transaction { constructor(readonly client: pg.PoolClient) {} }
// biome-ignore format: word for word
container.register(Transaction, { deps: [DbPool], async *useGenerator(db: DbPool) {      // one per request, told how it ended
  const client = await db.pool.connect()
  try {
    await client.query("BEGIN")
    const outcome = yield new Transaction(client)
    await client.query(outcome.status === "success" ? "COMMIT" : "ROLLBACK")
  } finally { client.release() }
} }, { lifecycle: Lifecycle.ContextScoped })

// biome-ignore format: word for word
@contextScoped()
class OrderService {                                       // plain classes, no container in sight
  constructor(@inject(CurrentUser) readonly user: CurrentUser, @inject(Transaction) readonly tx: Transaction) {}
}
// biome-ignore format: word for word
@singleton()
class PriceCache { constructor(@injectRef(CurrentUser) readonly user: Ref<CurrentUser>) {} } // a singleton asks for this request's user

class OrderController {
  constructor(
    @inject(OrderService) readonly orders: OrderService,
    @inject(PriceCache) readonly prices: PriceCache,
  ) {}

  async create(ctx: Koa.Context): Promise<void> {
    const { client } = this.orders.tx;
    await client.query("INSERT INTO first_program_orders VALUES ($1)", [this.orders.user.id]);
    if (ctx.get("fail")) ctx.throw(409, "refused");
    ctx.status = 201;
    ctx.body = { placedBy: this.orders.user.id, pricedFor: this.prices.user.get().id };
  }
}

// biome-ignore format: word for word
app.use(scopePerRequest(container))
// biome-ignore format: word for word
router.post("/orders", invoke(OrderController, "create"))

app.use(router.routes());
