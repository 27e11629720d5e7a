/** A 500 in place of an answer that is withdrawn. */
import { type ServerResponse, STATUS_CODES } from "node:http";
import { DESCRIPTION_AND_FRAMING } from "../host/answer-headers.js";

/** Takes off what describes the other answer. */
export function becomeError(res: ServerResponse): void {
  // Of a length that was taken off Node would think that it must not give one.
  for (const name of DESCRIPTION_AND_FRAMING) if (res.hasHeader(name)) res.removeHeader(name);
  res.statusCode = 500;
}

/**
 * Answers in Node's own words, or cuts the connection.
 *
 * @param report hears of what wraps the response and refuses any answer
 */
export function endPlainly(res: ServerResponse, report: (error: unknown) => void): void {
  try {
    res.setHeader("Content-Type", "text/plain; charset=utf-8");
    res.end(STATUS_CODES[500]);
  } catch (error) {
    report(error);
    res.destroy();
  }
}
