import canonicalizeModule from "canonicalize";
import type { components } from "../../../generated/paths.js";
import { sha256 } from "../../protocol/sha256.js";
import type { EvidenceSettings, SigningKey } from "./options.js";

/** What a piece of evidence records: a request, and the response to it. */
export interface Statement {
  readonly artifact: components["schemas"]["CyclesEvidenceEnvelope"]["artifact_type"];
  readonly traceId: string;
  /** The member of `payload` that is named like the artifact. */
  readonly record: object;
}

/** How the authority names itself in evidence. */
export interface Identity {
  readonly serverId: string;
  readonly signer: string;
}

/** An envelope as canonical JSON, with an empty id and an empty signature. */
export interface UnsignedEnvelope {
  /** The hash of the text. */
  readonly id: string;
  readonly text: string;
}

/**
 * Drafts an envelope. `undefined` if it has no canonical form, because metadata can have a number
 * beyond the range of a double, or half a surrogate pair. (Protocol: cycles-evidence, hash
 * derivation. RFC 8785, sections 3.2.2.2 and 3.2.2.3.)
 */
export function draft(
  { artifact, traceId, record }: Statement,
  { serverId, signer }: Identity,
  now: number,
): UnsignedEnvelope | undefined {
  const envelope = {
    schema_version: "cycles-evidence/v0.1",
    artifact_type: artifact,
    server_id: serverId,
    signer_did: signer,
    issued_at_ms: now,
    trace_id: traceId,
    payload: { [artifact]: record },
    evidence_id: "",
    signature: "",
  };
  let text: string;
  try {
    text = canonicalize(envelope);
  } catch {
    return undefined;
  }
  // JSON escapes half a surrogate pair, and nothing else in this way.
  return HALF_PAIR.test(text) ? undefined : { id: sha256(text), text };
}

const HALF_PAIR = /(?<!\\)(?:\\\\)*\\ud[89a-f]/;

/** Signs a draft. (Protocol: cycles-evidence, signature derivation.) */
export async function signed(
  { id, text }: UnsignedEnvelope,
  sign: (text: string) => Promise<string>,
): Promise<object> {
  // `draft` wrote this text from an object.
  const named = { ...(JSON.parse(text) as object), evidence_id: id };
  return { ...named, signature: await sign(canonicalize(named)) };
}

export function identityOf(settings: EvidenceSettings, baseUrl: string): Identity {
  const { key, kid, signer, serverId = `${baseUrl}/v1` } = settings;
  if (signer === "hex" && key !== undefined) return { serverId, signer: hexOf(key) };
  return { serverId, signer: `did:cycles:${sha256(serverId)}#${kid}` };
}

/** JSON in the canonical form of RFC 8785. Throws if a number is infinite. */
export function canonicalize(value: object): string {
  // Its types describe an ES module with a default export, but the package is CommonJS and exports
  // the function itself.
  const exported: unknown = canonicalizeModule;
  return (exported as typeof canonicalizeModule.default)(value) ?? "";
}

function hexOf({ x }: SigningKey): string {
  const binary = atob(x.replaceAll("-", "+").replaceAll("_", "/"));
  return Array.from(binary, (byte) => byte.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
