import { text } from "node:stream/consumers";
import type { EvidenceKeySource } from "../../evidence/index.js";
import { cut } from "../../text.js";
import { UsageError } from "../terminal.js";
import { readText } from "../text-file.js";

/** The text of a record, unparsed because parsing hides members that occur twice. */
export interface RecordText {
  readonly text: string;
  /** The id that it was requested by. */
  readonly id?: string;
}

const ID = /^[0-9a-f]{64}$/i;

/**
 * Reads a record from a file or from standard input, or requests it by its id. Throws a
 * {@link UsageError} that says what to do.
 */
export async function readRecord(
  given: string,
  client: EvidenceKeySource | undefined,
): Promise<RecordText> {
  if (given === "-") return { text: await text(process.stdin) };
  if (!ID.test(given)) return { text: await readText(given) };
  if (client === undefined) {
    throw new UsageError(
      "A record is requested by its id from the server of CYCLES_BASE_URL, which is not set",
    );
  }
  const id = given.toLowerCase();
  return { text: await request(id, client), id };
}

export async function readJwks(file: string): Promise<string> {
  return file === "-" ? text(process.stdin) : readText(file);
}

async function request(evidence_id: string, { raw }: EvidenceKeySource): Promise<string> {
  const { data, error, response } = await raw.GET("/v1/evidence/{evidence_id}", {
    params: { path: { evidence_id } },
    parseAs: "text",
  });
  if (data !== undefined) return data;
  const what = response.status === 404 ? "has no record" : `responded with ${response.status} for`;
  throw new UsageError(`The server ${what} ${evidence_id}${detailOf(error)}`);
}

/** The message of an error response, which can be any text if it is not one of the protocol. */
function detailOf(error: unknown): string {
  const isError = typeof error === "object" && error !== null && "message" in error;
  return isError ? `: ${cut(String(error.message), LONGEST)}` : "";
}

const LONGEST = 300;
