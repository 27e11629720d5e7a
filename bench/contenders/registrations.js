/** The graph, registered in an ambit container. */
import { Container, Lifecycle } from "ambit";
import {
  AuditLog,
  Clock,
  Config,
  Controller,
  CurrentUser,
  Mapper,
  Pool,
  Preferences,
  Repository,
  Request,
  Transaction,
} from "../graph.js";

const { Singleton, ThreadScoped, ContextScoped, Transient } = Lifecycle;

/** With default options. */
export function makeContainer() {
  const container = new Container();
  const add = (useClass, deps, lifecycle) => container.register(useClass, { useClass, deps }, { lifecycle });
  container.register(Request, { useSeed: true });
  add(Config, [], Singleton);
  add(Clock, [Config], Singleton);
  add(Pool, [Config], ThreadScoped);
  add(CurrentUser, [Request], ContextScoped);
  add(Transaction, [Pool], ContextScoped);
  add(AuditLog, [CurrentUser, Transaction], ContextScoped);
  add(Preferences, [CurrentUser, Config], ContextScoped);
  add(Repository, [Transaction, Clock], Transient);
  add(Mapper, [Config], Transient);
  add(Controller, [Repository, CurrentUser, AuditLog, Preferences, Mapper], Transient);
  return container;
}
