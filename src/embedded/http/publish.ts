import { canonicalize } from "../evidence/envelope.js";
import type { Evidence } from "../evidence/evidence.js";
import type { Outcome } from "../ledger/ledger.js";
import { refuse, type Refusal } from "../ledger/refusal.js";
import type { Admission } from "./admit.js";

/** A response to everyone, which caches may keep. */
export interface Published extends Outcome {
  readonly headers: Readonly<Record<string, string>>;
}

/** Evidence never changes. */
const FOREVER = "public, max-age=31536000, immutable";
/** A key set changes when keys rotate. */
const BRIEFLY = "public, max-age=60";

/**
 * Reads the evidence or the keys that a request asks for; `undefined` for other requests. Apart from
 * the other operations, because signing is asynchronous and the ledger is not.
 */
export async function publish(
  { outcome }: Admission,
  evidence: Evidence,
  now: number,
): Promise<Published | Refusal | undefined> {
  if (outcome.kind === "refusal") return undefined;
  const { operation, path } = outcome;
  try {
    switch (operation.id) {
      case "getEvidence":
        return await envelope(path["evidence_id"] ?? "", evidence, now);
      case "getEvidenceJwks":
        return published(await evidence.keySet(), BRIEFLY);
      default:
        return undefined;
    }
  } catch (error) {
    return refuse("INTERNAL_ERROR", error instanceof Error ? error.message : String(error));
  }
}

async function envelope(id: string, evidence: Evidence, now: number): Promise<Published | Refusal> {
  const found = await evidence.envelope(id, now);
  if (found) return published(found, FOREVER);
  return refuse("NOT_FOUND", `There is no evidence ${id}, or it is no longer kept`);
}

/** In canonical form, which the protocol expects of evidence. */
function published(result: object, cacheControl: string): Published {
  const headers = { "cache-control": cacheControl };
  return { kind: "outcome", result, json: canonicalize(result), headers };
}
