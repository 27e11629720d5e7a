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
