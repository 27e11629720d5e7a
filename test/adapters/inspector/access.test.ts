/** Who may look at the inspector, and where it may run. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Inspector, InspectorError, type InspectorOptions } from "ambit/inspector";
import { expect, onTestFinished, test, vi } from "vitest";
import { ask } from "../koa/server.js";
import { inspect, serve } from "./served.js";

const PARTS = ["/__ambit", "/__ambit/state", "/__ambit/events", "/__ambit/nothing"];

const from = (remoteAddress: string | undefined) => (req: IncomingMessage) =>
  void Object.defineProperty(req.socket, "remoteAddress", { value: remoteAddress, configurable: true });

test.each(["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])("%s may look", async (address) => {
  expect((await ask(await serve(inspect(), from(address)), "/__ambit")).status).toBe(200);
});

test.each(["192.168.0.7", "203.0.113.9", "::ffff:10.0.0.1", "2001:db8::1", "1127.0.0.1", undefined])(
  "%s may not, whatever it asks for",
  async (address) => {
    const port = await serve(inspect(), from(address));
    for (const path of PARTS) {
      const { status, body } = await ask(port, path);
      expect([status, body]).toEqual([403, "The inspector answers only to this machine."]);
    }
  },
);

test("other machines may look where that is wanted, under a name that is known", async () => {
  const port = await serve(inspect({ remote: true, hosts: ["Dev.test"] }), from("203.0.113.9"));
  expect((await ask(port, "/__ambit", { headers: { host: "dev.test:3000" } })).status).toBe(200);
  expect((await ask(port, "/__ambit", { headers: { host: "evil.test" } })).status).toBe(403);
});

test.each([
  "localhost",
  "localhost:3000",
  "LOCALHOST",
  "app.localhost:3000",
  "127.0.0.1",
  "127.0.0.1:80",
  "[::1]:3000",
])("answers as %s", async (host) => {
  expect((await ask(await serve(inspect()), "/__ambit/state", { headers: { host } })).status).toBe(200);
});

test.each(["evil.test", "evil.test:3000", "localhost.evil.test", "127.0.0.1.evil.test", "0.0.0.0", "notlocalhost"])(
  "does not answer as %s, to which any site's name may be made to lead",
  async (host) => {
    const port = await serve(inspect());
    for (const path of PARTS) expect((await ask(port, path, { headers: { host } })).status).toBe(403);
  },
);

test.each(["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"])(
  "does not answer what came through a proxy: %s",
  async (header) => {
    const port = await serve(inspect());
    expect((await ask(port, "/__ambit/state", { headers: { [header]: "127.0.0.1" } })).status).toBe(403);
  },
);

test("does not answer to pages of other sites", async () => {
  const port = await serve(inspect());
  const asked = (site: string) => ask(port, "/__ambit/state", { headers: { "sec-fetch-site": site } });
  expect([(await asked("cross-site")).status, (await asked("same-origin")).status]).toEqual([403, 200]);
});

test("is only looked at", async () => {
  const port = await serve(inspect());
  const { status } = await ask(port, "/__ambit/state", { method: "POST" });
  const head = await ask(port, "/__ambit", { method: "HEAD" });
  expect([status, head.status, head.body]).toEqual([405, 200, ""]);
  expect((await ask(port, "/__ambit/events", { method: "HEAD" })).status).toBe(200);
});

test("answers below its path, and leaves all else to others", async () => {
  const port = await serve(inspect({ path: "/look" }));
  const answers = await Promise.all(
    ["/look", "/look/", "/look?x", "/look/x", "/looking", "/", "/a/look"].map((p) => ask(port, p)),
  );
  expect(answers.map(({ status, body }) => (body === "another's" ? body : status))).toEqual([
    200,
    200,
    200,
    404,
    "another's",
    "another's",
    "another's",
  ]);
});

test("every answer forbids to be kept, framed, sniffed and scripted", async () => {
  const port = await serve(inspect());
  for (const path of PARTS.filter((part) => !part.endsWith("events"))) {
    expect((await ask(port, path)).headers).toMatchObject({
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "cross-origin-resource-policy": "same-origin",
      "content-security-policy": expect.stringMatching(
        /^default-src 'none'; .*connect-src 'self'; .*frame-ancestors 'none'$/,
      ),
    });
  }
});

test("its page may run its own script and no other", async () => {
  const { headers, body } = await ask(await serve(inspect()), "/__ambit");
  const policy = String(headers["content-security-policy"]);
  const scripts = [...body.matchAll(/<script>([^]*?)<\/script>/g)].map(([, script]) => script);
  expect(scripts).toHaveLength(1);
  expect(policy).toContain(`script-src 'sha256-${createHash("sha256").update(scripts[0]).digest("base64")}'`);
  expect(policy).not.toContain("unsafe");
  expect(body).not.toMatch(/(?:src|href)\s*=|url\(|@import|https?:/);
});

function inProduction(): void {
  vi.stubEnv("NODE_ENV", "production");
  onTestFinished(() => void vi.unstubAllEnvs());
}

test("refuses to run in production", () => {
  inProduction();
  expect(() => new Inspector()).toThrow(InspectorError);
  expect(() => new Inspector()).toThrow(expect.objectContaining({ code: "ERR_AMBIT_INSPECTOR" }));
  expect(() => new Inspector()).toThrow(
    "Fix: mount it in development only, or, knowing that, new Inspector({ production: true }).",
  );
});

test("runs in production where that is said", async () => {
  inProduction();
  expect((await ask(await serve(inspect({ production: true })), "/__ambit")).status).toBe(200);
});

test.each<InspectorOptions>([
  { path: "" },
  { path: "/" },
  { path: "look" },
  { path: "/look/" },
  { path: "/look?x" },
  { remember: 0 },
  { remember: Number.POSITIVE_INFINITY },
  { perScope: -1 },
  { lateAfter: 0.5 },
  { lateAfter: Number.NaN },
])("refuses %j", (options) => {
  expect(() => new Inspector(options)).toThrow(InspectorError);
});
