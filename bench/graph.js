/**
 * The services of one request, the same for every contender: three that live long, four per request of which two have a
 * disposer, three transients, and the request itself as the seed.
 */

/** What was disposed, in order; a contender's check reads it. */
export const disposed = [];
let recording = false;

/** Has `disposed` record; while measuring nothing is recorded, only counted. */
export function record(on) {
  recording = on;
  disposed.length = 0;
}

export const counts = { made: 0, disposed: 0 };

function hasEnded(name) {
  counts.disposed++;
  if (recording) disposed.push(name);
}

export class Request {
  constructor(user) {
    this.user = user;
  }
}

// For as long as the process lives

export class Config {
  constructor() {
    this.url = "postgres://";
  }
}

export class Clock {
  constructor(config) {
    this.config = config;
  }
}

export class Pool {
  constructor(config) {
    this.config = config;
  }
}

// For a request

export class CurrentUser {
  constructor(request) {
    this.id = request.user;
  }
}

export class Transaction {
  constructor(pool) {
    this.pool = pool;
    this.number = ++counts.made;
  }

  dispose() {
    hasEnded("transaction");
  }
}

export class AuditLog {
  constructor(user, transaction) {
    this.user = user;
    this.transaction = transaction;
    counts.made++;
  }

  dispose() {
    hasEnded("audit log");
  }
}

export class Preferences {
  constructor(user, config) {
    this.user = user;
    this.config = config;
  }
}

// Each time

export class Repository {
  constructor(transaction, clock) {
    this.transaction = transaction;
    this.clock = clock;
  }
}

export class Mapper {
  constructor(config) {
    this.config = config;
  }
}

export class Controller {
  constructor(repository, user, audit, preferences, mapper) {
    this.repository = repository;
    this.user = user;
    this.audit = audit;
    this.preferences = preferences;
    this.mapper = mapper;
  }

  /** Fails unless the whole request shares one user and one transaction. */
  handle() {
    if (this.audit.user !== this.user || this.preferences.user !== this.user)
      throw new Error("two users in one request");
    if (this.audit.transaction !== this.repository.transaction) throw new Error("two transactions in one request");
    return this.user.id;
  }
}

/** The last controller, so that no compiler may leave the objects out. */
let last;

/** Has a controller do its work. */
export function handle(controller) {
  last = controller;
  return last.handle();
}

/** Ends a request by hand, for contenders that do not. */
export function end({ audit }) {
  audit.dispose();
  audit.transaction.dispose();
}

/** What the two awaits of an async request wait for. */
export const io = () => Promise.resolve();
