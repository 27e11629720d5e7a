/** The page: everything is in it, and it loads nothing but its events. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const part = (name: string): string => readFileSync(new URL(`./page/${name}`, import.meta.url), "utf8");
const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

const STYLE = part("inspector.css");
/** In the order in which they need each other. */
const SCRIPT = ["format.js", "waterfall.js", "inspector.js"].map(part).join("\n");

/** The same for everybody: what it shows comes as events. */
export const PAGE: string = part("inspector.html")
  .replace("{{style}}", () => STYLE)
  .replace("{{script}}", () => SCRIPT);

/** Whatever found its way into the page could neither run nor send anything anywhere. */
export const CONTENT_SECURITY_POLICY: string = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");
