import { createFinalURL, createQuerySerializer, defaultPathSerializer } from "openapi-fetch";
import type { Operation } from "../../generated/operations.js";
import { CyclesValidationError } from "../errors.js";

/** The parameters of an operation's path and query. */
export interface Parameters {
  /** Ids that were checked with {@link idProblem}. */
  readonly path: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
}

/** How the contract writes arrays in a query: `a=1,2`. */
export const QUERY_STYLE = { array: { style: "form", explode: false } } as const;

const querySerializer = createQuerySerializer(QUERY_STYLE);

/** The URL of a call. */
export function operationUrl(baseUrl: string, { path }: Operation, params: Parameters): string {
  return createFinalURL(path, {
    baseUrl,
    params,
    querySerializer,
    pathSerializer: defaultPathSerializer,
  });
}

/**
 * Fills percent-encoded ids into a path. Throws for a missing id, and for an id that URL parsers
 * drop (`.`, `..`), because the request would reach another operation.
 */
export function serializePath(path: string, ids: Record<string, unknown> = {}): string {
  for (const [, name = ""] of path.matchAll(/\{([^{}]+)\}/g)) {
    const message = idProblem(ids[name]);
    if (message !== undefined) throw new CyclesValidationError("The id", [{ path: name, message }]);
  }
  return defaultPathSerializer(path, ids);
}

/** Why an id cannot be part of a path; `undefined` if it can. */
export function idProblem(id: unknown): string | undefined {
  if (typeof id !== "string" || id === "") return "is required and must be a non-empty string";
  if (id === "." || id === "..") return `must not be "${id}", because a URL drops it`;
  return isSendable(id) ? undefined : "has half of a surrogate pair, which a URL cannot contain";
}

function isSendable(id: string): boolean {
  try {
    encodeURIComponent(id);
    return true;
  } catch {
    return false;
  }
}
