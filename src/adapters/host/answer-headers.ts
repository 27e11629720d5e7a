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

/** The same, and how it was framed, which Koa takes off by itself. */
export const DESCRIPTION_AND_FRAMING = [...DESCRIPTION, "Content-Length", "Trailer", "Transfer-Encoding"] as const;
