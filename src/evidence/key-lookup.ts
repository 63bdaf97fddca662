import { systemClock } from "../index.js";
import { type Selection, selectKey } from "./key-selection.js";
import { readKeySet } from "./key-set.js";
import type { VerifyEvidenceOptions } from "./options.js";
import { publishedKeySet } from "./published-keys.js";
import type { Signer } from "./signer.js";
import type { EvidenceReason } from "./verification.js";

/** The key of a record; or why none is authorised, why there is no key set, or why it is not to be had. */
export type Lookup =
  Selection | { readonly kind: "no_key_set" | "unresolved"; readonly reason: EvidenceReason };

/** Looks a signer up in the key set that the caller has, or in that of the caller's server. */
export async function lookUp(
  signer: Exclude<Signer, { kind: "unsupported" }>,
  record: { readonly serverId: string; readonly issuedAtMs: number },
  options: VerifyEvidenceOptions,
): Promise<Lookup> {
  const { jwks, client, serverId, clock = systemClock } = options;
  if (jwks === undefined && client === undefined) return none("no_key_set", "No key set was given");
  if (serverId !== undefined && serverId !== record.serverId) return otherServer(record, serverId);

  if (client === undefined) {
    const set = readKeySet(jwks);
    if (set.kind === "invalid") return { kind: "unresolved", reason: set.reason };
    return selectKey(set.keys, signer, record.issuedAtMs);
  }

  const published = publishedKeySet(client);
  if (serverId === undefined && !(await published.isOf(record.serverId))) {
    return otherServer(record, "the client's server");
  }
  const keys = await published.get(clock);
  if (keys.kind === "failed") return { kind: "unresolved", reason: keys.reason };
  const selection = selectKey(keys.keys, signer, record.issuedAtMs);
  if (selection.kind === "selected") return selection;

  // The server may have a new key since the set was requested.
  const refreshed = await published.refreshed(clock);
  if (refreshed.kind === "failed") return { kind: "unresolved", reason: refreshed.reason };
  return selectKey(refreshed.keys, signer, record.issuedAtMs);
}

function otherServer(record: { readonly serverId: string }, known: string): Lookup {
  return none(
    "other_server",
    `The record names the server ${JSON.stringify(record.serverId.slice(0, 200))}, and the only known keys are those of ${known}`,
  );
}

function none(code: EvidenceReason["code"], why: string): Lookup {
  return {
    kind: "no_key_set",
    reason: { code, message: `${why}, so it was not shown whose key signed the record.` },
  };
}
