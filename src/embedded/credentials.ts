import { refuse, type Refusal } from "./ledger/refusal.js";

/** The caller of a request. An admin has no tenant, and may call only some operations. */
export type Caller =
  | { readonly kind: "tenant"; readonly tenant: string }
  | { readonly kind: "admin" }
  | { readonly kind: "public" };

/** The API keys, each of one tenant. A known tenant without a key gets one at its first use. */
export class Credentials {
  readonly #tenants: Set<string>;
  readonly #tenantByKey = new Map<string, string>();
  readonly #keyByTenant = new Map<string, string>();
  readonly #adminKey: string | undefined;

  constructor(
    tenants: readonly string[],
    apiKeys: Readonly<Record<string, string>>,
    adminKey: string | undefined,
  ) {
    this.#adminKey = adminKey;
    for (const [key, tenant] of Object.entries(apiKeys)) this.#add(key, tenant);
    const given = [...this.#keyByTenant.keys()];
    // Scopes are in lower case, so a tenant in `apiKeys` that differs only in case is the same one.
    const spelled = new Set(given.map((tenant) => tenant.toLowerCase()));
    this.#tenants = new Set([...given, ...tenants.filter((tenant) => !spelled.has(tenant))]);
  }

  get tenants(): readonly string[] {
    return [...this.#tenants];
  }

  /** The key of a tenant; `undefined` if the tenant is unknown. */
  keyOf(tenant: string): string | undefined {
    if (!this.#tenants.has(tenant)) return undefined;
    return (
      this.#keyByTenant.get(tenant) ??
      this.#add(`cyc_live_${crypto.randomUUID().replaceAll("-", "")}`, tenant)
    );
  }

  callerOf(apiKey: string): Caller | Refusal {
    const tenant = this.#tenantByKey.get(apiKey);
    if (tenant === undefined) return refuse("UNAUTHORIZED", "The API key is unknown");
    return { kind: "tenant", tenant };
  }

  checkAdmin(adminKey: string): Caller | Refusal {
    if (adminKey === this.#adminKey) return { kind: "admin" };
    return refuse("UNAUTHORIZED", "The admin key is unknown");
  }

  #add(key: string, tenant: string): string {
    this.#tenantByKey.set(key, tenant);
    this.#keyByTenant.set(tenant, key);
    return key;
  }
}
