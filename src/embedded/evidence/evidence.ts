import type { components } from "../../../generated/paths.js";
import { BASE_URL } from "../clients.js";
import { draft, type Identity, identityOf, signed, type Statement } from "./envelope.js";
import { EvidenceLog, type EvidenceLimits } from "./evidence-log.js";
import type { EvidenceSettings } from "./options.js";
import { openSigner, type EvidenceSigner } from "./signer.js";

type Wire = components["schemas"];

/**
 * Issues evidence. Its id is the hash of its content, so it is known at once. The signature is made
 * when the evidence is read, because signing is asynchronous and takes longer than a reserve. It is
 * the same every time.
 */
export class Evidence {
  readonly #settings: EvidenceSettings;
  readonly #log: EvidenceLog;
  #identity: Identity | undefined;
  #signer: Promise<EvidenceSigner> | undefined;

  constructor(settings: EvidenceSettings, limits: EvidenceLimits) {
    this.#settings = settings;
    this.#log = new EvidenceLog(limits);
  }

  /** Sets the base URL of the authority. It stays once it is set or used: a server has one id. */
  serveAt(baseUrl: string): Identity {
    return (this.#identity ??= identityOf(this.#settings, baseUrl));
  }

  /** Records a statement, and returns the reference for the response, if there is evidence of it. */
  issue(statement: Statement, now: number): Wire["CyclesEvidenceRef"] | undefined {
    const identity = this.serveAt(BASE_URL);
    const drafted = draft(statement, identity, now);
    if (drafted === undefined) return undefined;
    const { id, text } = drafted;
    this.#log.add(id, now, text);
    return { evidence_id: id, cycles_evidence_url: `${identity.serverId}/evidence/${id}` };
  }

  /** The signed envelope; `undefined` if it is not kept. */
  async envelope(id: string, now: number): Promise<object | undefined> {
    const text = this.#log.get(id, now);
    return text === undefined ? undefined : signed({ id, text }, (await this.#opened()).sign);
  }

  /** The public keys, retired keys included. */
  async keySet(): Promise<Wire["CyclesEvidenceJwks"]> {
    const { kid, validFromMs, retiredKeys } = this.#settings;
    const { x } = await this.#opened();
    const current = {
      kty: "OKP",
      crv: "Ed25519",
      alg: "EdDSA",
      x,
      kid,
      cycles_nbf_ms: validFromMs,
      status: "active",
    } as const;
    return { keys: [current, ...retiredKeys] };
  }

  /** Opens the key once, because a generated key must not change. */
  #opened(): Promise<EvidenceSigner> {
    return (this.#signer ??= openSigner(this.#settings.key));
  }
}
