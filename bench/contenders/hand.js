/** `new` by hand: what nothing can beat. */
import {
  AuditLog,
  Clock,
  Config,
  Controller,
  CurrentUser,
  end,
  handle,
  io,
  Mapper,
  Pool,
  Preferences,
  Repository,
  Transaction,
} from "../graph.js";

export const title = "by hand";

const config = new Config();
const clock = new Clock(config);
const pool = new Pool(config);

function build(request) {
  const user = new CurrentUser(request);
  const transaction = new Transaction(pool);
  const audit = new AuditLog(user, transaction);
  const preferences = new Preferences(user, config);
  return new Controller(new Repository(transaction, clock), user, audit, preferences, new Mapper(config));
}

export function sync(request) {
  const controller = build(request);
  const result = handle(controller);
  end(controller);
  return result;
}

export async function async(request) {
  const controller = build(request);
  await io();
  const result = handle(controller);
  await io();
  end(controller);
  return result;
}

/** Only for the graph: nobody asks for a service by name. */
export const make = () => ({ sync, async });
