import { member } from "../member.js";
import { scopesOf } from "../protocol/scope.js";
import { isSubject } from "../protocol/subject.js";

/** The scopes that an error is about. */
export interface ConcernedScopes {
  /** The scope that the server names as the cause, if it names one. */
  readonly scope: string | undefined;
  readonly scopes: readonly string[];
}

/**
 * The scopes of an error. The reference server often sends no details, so `scopes` are the known
 * scopes, unless the server names a scope that is not one of them.
 *
 * @param known the scopes of the request or of its reservation, from the tenant down
 */
export function concernedScopes(
  known: readonly string[],
  details: Readonly<Record<string, unknown>> = {},
): ConcernedScopes {
  const { scope, affected_scopes: affected } = details;
  const named = [scope ?? affected].flat().filter((one) => typeof one === "string");
  return {
    scope: typeof scope === "string" ? scope : undefined,
    scopes: named.every((one) => known.includes(one)) ? known : named,
  };
}

/** The scopes of the subject of a request. Empty if the request has no subject. */
export function scopesOfRequest(request: unknown): readonly string[] {
  const subject = member(request, "subject");
  return isSubject(subject) ? scopesOf(subject) : [];
}
