import type { ApiErrorResponse } from "../errors.js";
import { cut, plain } from "../text.js";

/** `createReservation for tenant:acme: the server's message. What to do. (409 CODE, request id)` */
export function compose(
  response: ApiErrorResponse,
  said: string,
  advice?: string,
  most = LONGEST_TEXT,
): string {
  const scope = response.scope ?? response.scopes.at(-1);
  const about = `${response.operation ?? "request"}${scope === undefined ? "" : ` for ${short(scope)}`}`;
  const request = response.requestId === undefined ? "" : `, request ${short(response.requestId)}`;
  const tail = `(${response.status} ${short(response.code)}${request})`;
  const sentence = line(said, most).replace(/\.$/, "");
  return `${about}: ${sentence}.${advice === undefined ? "" : ` ${advice}.`} ${tail}`;
}

/** A name that the server chose, as part of a message. */
function short(name: string): string {
  return line(name, LONGEST_NAME);
}

/** Puts text on one line of limited length. Redact it first: a secret that was cut is not recognised. */
export function line(text: string, most: number): string {
  return cut(plain(cut(text, most)), most);
}

/** In characters. Messages go to logs, and a server's text may be very long. */
export const LONGEST_TEXT = 500;
/** A hint says what to do after it names the scope, which can have six levels. */
export const LONGEST_HINT = 1_500;
const LONGEST_NAME = 200;
export const LONGEST_EXCERPT = 200;
