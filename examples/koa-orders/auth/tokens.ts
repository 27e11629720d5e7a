import { randomBytes } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import { RequestError } from "../http/problem.js";

const ISSUER = "koa-orders";

/** Issues and verifies the signed bearer tokens that say who asks. */
export class Tokens {
  readonly #secret: Uint8Array;

  /** @param secret at least 32 characters; without one, tokens are good until this process ends */
  constructor(secret?: string) {
    this.#secret = secret === undefined ? randomBytes(32) : new TextEncoder().encode(secret);
  }

  issue(user: string, expires = "1d"): Promise<string> {
    const token = new SignJWT().setProtectedHeader({ alg: "HS256" }).setIssuer(ISSUER).setSubject(user);
    return token.setIssuedAt().setExpirationTime(expires).sign(this.#secret);
  }

  /**
   * The user for whom `token` was issued.
   *
   * @throws RequestError 401 that says what is wrong with it
   */
  async verify(token: string): Promise<string> {
    try {
      // The algorithm is ours to choose: a token that names another, or "none", is refused.
      const { payload } = await jwtVerify(token, this.#secret, {
        algorithms: ["HS256"],
        issuer: ISSUER,
        requiredClaims: ["sub", "exp"],
      });
      return payload.sub as string;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      throw new RequestError(401, "invalid_token", `The bearer token was refused: ${error.message}.`);
    }
  }
}
