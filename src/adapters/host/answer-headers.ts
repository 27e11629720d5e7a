/** What describes an answer that is withdrawn; names from around it, such as Vary and CORS, stay. */
export const DESCRIPTION = [
  "Cache-Control",
  "Content-Disposition",
  "Content-Encoding",
  "Content-Language",
  "Content-Type",
  "ETag",
  "Expires",
  "Last-Modified",
  "Location",
] as const;

/** What Koa takes off by itself, and others do not. */
export const FRAMING = ["Content-Length", "Trailer", "Transfer-Encoding"] as const;
