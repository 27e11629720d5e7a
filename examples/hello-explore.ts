// hello-explore.ts
import { container, contextScoped } from "ambit";
import { explore, io } from "ambit/testing";

@contextScoped()
class Connection {
  query = (sql: string) => io(sql, () => "rows"); // a fake: the exploration says when it answers
}

let connection: Connection; // the bug: one variable for all requests
async function request() {
  connection = container.resolve(Connection);
  await io("log in", () => "Ada");
  await connection.query("SELECT 1");
}

const { findings } = await explore({ container, request });
console.log(findings[0].kind, findings[0].name, findings[0].steps);
