import type Koa from "koa";
import type { Tokens } from "../auth/tokens.js";

/**
 * The page at "/": what to try, ready to be pasted.
 *
 * @param tokens who makes tokens for visitors; without, the page shows none
 * @param inspected whether /__ambit shows what the process does
 */
export function homePage(tokens: Tokens | undefined, inspected: boolean): Koa.Middleware {
  return async function homePage(ctx) {
    const [alice, partner] = await Promise.all([tokens?.issue("alice"), tokens?.issue("partner-bob")]);
    ctx.type = "html";
    const origin = `${ctx.protocol}://${ctx.host}`;
    ctx.body = pageOf(origin, alice ?? "<your token>", partner ?? "<another token>", inspected);
  };
}

const INSPECTED = '<p>What each request builds and disposes, live: <a href="/__ambit">/__ambit</a>.</p>';
const NOT_INSPECTED =
  "<p>Started with <code>INSPECT=1</code>, it shows at <code>/__ambit</code>, live, what each request builds and disposes.</p>";

function pageOf(origin: string, alice: string, partner: string, inspected: boolean): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>koa-orders</title>
<style>body { font: 16px/1.5 system-ui; max-width: 60em; margin: 2em auto; padding: 0 1em } pre { background: #f4f4f4; padding: 1em; overflow-x: auto }</style>
<h1>koa-orders</h1>
<p>Every request has its own user, transaction and services, and they end with it.</p>
${inspected ? INSPECTED : NOT_INSPECTED}
<p>Paste into a terminal:</p>
${step("Two users. The second is a partner and pays 10 % less.", `ALICE=${alice}\nBOB=${partner}`)}
${step("Alice orders; in the log, every line of every module carries her name and the request's id.", postOf(origin, "ALICE", '{"reference":"first","lines":[{"product":"tea","quantity":2},{"product":"cup","quantity":1}]}'))}
${step("She sees her order; Bob, over the same connections, sees none.", `curl ${origin}/orders -H "Authorization: Bearer $ALICE"\ncurl ${origin}/orders -H "Authorization: Bearer $BOB"`)}
${step("As CSV, from a cursor.", `curl ${origin}/orders.csv -H "Authorization: Bearer $ALICE"`)}
${step("A report of all that she has ordered, rendered in a worker thread; in the log, its lines carry her name and the request's id, too.", `curl ${origin}/orders/report -H "Authorization: Bearer $ALICE"`)}
${step("The second line of this order fails after its first was written: all of it is rolled back, and no number is lost.", postOf(origin, "ALICE", '{"reference":"second","lines":[{"product":"tea","quantity":1},{"product":"gold","quantity":1}]}'))}
${step("A reference twice: PostgreSQL finds out at COMMIT, and the answer had not left yet.", postOf(origin, "ALICE", '{"reference":"first","lines":[{"product":"tea","quantity":1}]}'))}
${step("Rubbish.", `curl ${origin}/orders\ncurl ${origin}/orders -H "Authorization: Bearer rubbish"\n${postOf(origin, "ALICE", '{"lines":')}`)}
${step("Connections and scopes in use.", `curl ${origin}/health`)}
</html>
`;
}

function postOf(origin: string, user: string, body: string): string {
  return `curl ${origin}/orders -H "Authorization: Bearer $${user}" -H "Content-Type: application/json" -d '${body}'`;
}

function step(title: string, commands: string): string {
  return `<p>${escaped(title)}</p>\n<pre>${escaped(commands)}</pre>`;
}

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
