/** A request, from a `fetch` or from a socket. */
export interface Incoming {
  readonly method: string;
  /** The path and the query. */
  readonly target: string;
  readonly header: (name: string) => string | undefined;
  readonly headers: () => Readonly<Record<string, string>>;
  /** The whole body; `undefined` if it is too long. */
  readonly body: () => Promise<string | undefined>;
}

/** A response, to a `fetch` or to a socket. */
export interface Outgoing {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A response after the faults: the connection may break before it, or in the middle of it. */
export interface Delivery extends Outgoing {
  /** Whether a fault has affected the response, so that its status and body can be anything. */
  readonly isFaulty?: boolean;
  readonly broken?: "dropped" | "cut";
}

/** The path and the query of a target. A question mark within the query is part of the query. */
export function splitTarget(target: string): {
  readonly pathname: string;
  readonly search: string;
} {
  const mark = target.indexOf("?");
  if (mark < 0) return { pathname: target, search: "" };
  return { pathname: target.slice(0, mark), search: target.slice(mark + 1) };
}
