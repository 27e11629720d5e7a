/** Named scopes with a declared order: who may hold whom is known before anything is built. */
import { CaptiveDependencyError, Container, inject, Lifecycle } from "ambit";
import { expect, test } from "vitest";

const { ContextScoped } = Lifecycle;

class Message {}

class Connection {}

class HoldsMessage {
  constructor(@inject(Message) readonly message: Message) {}
}

class HoldsConnection {
  constructor(@inject(Connection) readonly connection: Connection) {}
}

function server(scopes?: string[]): Container {
  const container = new Container({ ...(scopes && { scopes }) });
  container.register(Message, Message, { lifecycle: ContextScoped, scopeName: "message" });
  container.register(Connection, Connection, { lifecycle: ContextScoped, scopeName: "connection" });
  container.register(HoldsMessage, HoldsMessage, { lifecycle: ContextScoped, scopeName: "connection" });
  container.register(HoldsConnection, HoldsConnection, { lifecycle: ContextScoped, scopeName: "message" });
  return container;
}

test("what lives in an outer scope is refused what lives in an inner one, outside of every scope too", () => {
  const container = server(["connection", "message"]);
  expect(() => container.resolve(HoldsMessage)).toThrow(CaptiveDependencyError);
});

test("what lives in an inner scope gets the outer one's instance", async () => {
  const container = server(["connection", "message"]);
  await container.runInScope({ name: "connection" }, async (connection) => {
    const [one, other] = await Promise.all(
      [1, 2].map(() => container.runInScope({ name: "message" }, (message) => message.resolve(HoldsConnection))),
    );
    expect(one).not.toBe(other);
    expect(one.connection).toBe(connection.resolve(Connection));
    expect(other.connection).toBe(one.connection);
  });
});

test("names without a declared order are checked when they are used", async () => {
  const container = server();
  await container.runInScope({ name: "connection" }, () =>
    container.runInScope({ name: "message" }, () => {
      // Built for the connection, from which no message is in sight.
      expect(() => container.resolve(HoldsMessage)).toThrow('no scope named "message"');
    }),
  );
});
