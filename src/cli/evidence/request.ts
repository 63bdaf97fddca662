import { recordPath } from "../../../generated/evidence.js";
import type { EvidenceKeySource } from "../../evidence/index.js";
import { cut } from "../../text.js";
import { UsageError } from "../terminal.js";

/** The id of a record, if the argument is one. */
export function idOf(argument: string): string | undefined {
  return /^[0-9a-f]{64}$/i.test(argument) ? argument.toLowerCase() : undefined;
}

/**
 * Requests a record as text, because parsing hides members that occur twice.
 *
 * @throws {@link UsageError} that says what to do.
 */
export async function requestRecord(
  id: string,
  server: EvidenceKeySource | undefined,
): Promise<string> {
  if (server === undefined) {
    throw new UsageError(
      "A record is requested by its id from the server of CYCLES_BASE_URL, which is not set",
    );
  }
  const { data, error, response } = await server.raw.GET(recordPath, {
    params: { path: { evidence_id: id } },
    parseAs: "text",
  });
  if (data !== undefined) return data;
  const what = response.status === 404 ? "has no record" : `responded with ${response.status} for`;
  throw new UsageError(`The server ${what} ${id}${detailOf(error)}`);
}

/** The message of an error response, which can be any text if it is not one of the protocol. */
function detailOf(error: unknown): string {
  const isError = typeof error === "object" && error !== null && "message" in error;
  return isError ? `: ${cut(String(error.message), LONGEST)}` : "";
}

const LONGEST = 300;
