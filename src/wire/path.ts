import { createFinalURL, createQuerySerializer, defaultPathSerializer } from "openapi-fetch";
import type { Operation } from "../../generated/operations.js";
import { CyclesValidationError } from "../errors.js";

/** What fills an operation's path and query. */
export interface Parameters {
  /** Ids that were checked with {@link idProblem}. */
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
}

/** The arrays of a query, as the contract has them: `a=1,2`. */
export const QUERY_STYLE = { array: { style: "form", explode: false } } as const;

const querySerializer = createQuerySerializer(QUERY_STYLE);

/** Where an operation is called. */
export function operationUrl(baseUrl: string, { path }: Operation, params: Parameters): string {
  return createFinalURL(path, {
    baseUrl,
    params,
    querySerializer,
    pathSerializer: defaultPathSerializer,
  });
}

/**
 * Fills the ids into a path, percent-encoded. An id that a URL would lose (`.`, `..`) or that is missing is
 * refused, for it would call another operation.
 */
export function serializePath(path: string, ids: Record<string, unknown> = {}): string {
  for (const [, name = ""] of path.matchAll(/\{([^{}]+)\}/g)) {
    const message = idProblem(ids[name]);
    if (message !== undefined) throw new CyclesValidationError("The id", [{ path: name, message }]);
  }
  return defaultPathSerializer(path, ids);
}

/** Why an id cannot be part of a path; `undefined` where it can. */
export function idProblem(id: unknown): string | undefined {
  if (typeof id !== "string" || id === "") return "is required: a string that is not empty";
  if (id === "." || id === "..") return `must not be "${id}", which a URL resolves away`;
  return isSendable(id) ? undefined : "holds half of a surrogate pair, which no URL can carry";
}

function isSendable(id: string): boolean {
  try {
    encodeURIComponent(id);
    return true;
  } catch {
    return false;
  }
}
