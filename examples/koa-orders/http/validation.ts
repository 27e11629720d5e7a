import type Koa from "koa";
import type { z } from "zod";
import { RequestError } from "./problem.js";

/**
 * `input` as `schema` describes it.
 *
 * @throws RequestError 422 that lists each problem with its path
 */
export function validated<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  const details = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  throw new RequestError(422, "invalid_input", "The request is not as it should be; see details.", details);
}

/**
 * The request's body, as the parser made it of JSON.
 *
 * @throws RequestError 415 for a body that says of itself that it is something else, or nothing
 */
export function jsonOf({ request }: Koa.Context): unknown {
  if (request.is("json") !== false) return request.body;
  throw new RequestError(415, "unsupported_media_type", "Send JSON: the header is 'Content-Type: application/json'.");
}
