import { type Clock, type CyclesClient, CyclesConfigError } from "../index.js";

/** Something that requests a server's key set: a client, or an object with a raw client. */
export type EvidenceKeySource = Pick<CyclesClient, "raw">;

/** How a record is verified. All are optional. Pass either `jwks` or `client`. */
export interface VerifyEvidenceOptions {
  /**
   * The key set of the server that issued the record, as text or as an object. Prefer text: it is
   * checked for members that occur twice. Keys that cannot be used are skipped. (Protocol:
   * CyclesEvidenceJwks.)
   */
  readonly jwks?: string | { readonly keys: readonly object[] };
  /**
   * Requests the key set from the server of this client, and keeps it for 10 minutes. A key set is
   * never requested from another address, whatever a record names.
   */
  readonly client?: EvidenceKeySource;
  /**
   * The `server_id` whose keys `jwks` or `client` have. For records with another one, there is no
   * key set. Default with `jwks`: the one that the record names. Default with `client`: the client's
   * base URL with `/v1`. Pass it if the client reaches the server at an internal address.
   */
  readonly serverId?: string;
  /** The `signer_did` that you expect, exactly as records have it. */
  readonly expectedSigner?: string;
  /** The id that the record must have, such as that of a `cycles_evidence` reference. */
  readonly expectedId?: string;
  /** The clock that limits how long a key set is kept. Default: `systemClock`. */
  readonly clock?: Clock;
}

const NAMES = ["jwks", "client", "serverId", "expectedSigner", "expectedId", "clock"];

const TEXTS = ["serverId", "expectedSigner", "expectedId"] as const;

/** The options as JavaScript callers can get them wrong. */
type Given = { readonly [Name in keyof VerifyEvidenceOptions]?: unknown } | null;

/**
 * Refuses options that cannot be used, and options that would be ignored, because the record would
 * then pass a weaker check than the caller asked for.
 */
export function checkOptions(options: Given): void {
  if (typeof options !== "object" || options === null) {
    throw new CyclesConfigError("verifyEvidence: options must be an object.");
  }
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new CyclesConfigError(
      `verifyEvidence has no option ${JSON.stringify(unknown)}. It has ${NAMES.join(", ")}.`,
    );
  }
  if (options.jwks !== undefined && options.client !== undefined) {
    throw new CyclesConfigError(
      "verifyEvidence takes either jwks or client: two key sets could contradict each other.",
    );
  }
  for (const name of TEXTS) {
    const { [name]: given } = options;
    if (given === undefined || typeof given === "string") continue;
    const type = given === null ? "null" : typeof given;
    throw new CyclesConfigError(`verifyEvidence: ${name} must be text, not ${type}.`);
  }
  const { client } = options;
  if (client !== undefined && !(typeof client === "object" && client !== null && "raw" in client)) {
    throw new CyclesConfigError("verifyEvidence: client must be a CyclesClient.");
  }
}
