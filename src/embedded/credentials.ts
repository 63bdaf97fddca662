import { refuse, type Refusal } from "./refusal.js";

/** Who calls. An admin has no tenant, and only some operations take one. */
export type Caller =
  | { readonly kind: "tenant"; readonly tenant: string }
  | { readonly kind: "admin" }
  | { readonly kind: "public" };

/** The API keys, each of one tenant. Tenants that are known get a key as soon as one is asked for. */
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
    // Scopes are in lower case; a tenant that a key spells otherwise is the same one.
    const spelled = new Set(given.map((tenant) => tenant.toLowerCase()));
    this.#tenants = new Set([...given, ...tenants.filter((tenant) => !spelled.has(tenant))]);
  }

  get tenants(): readonly string[] {
    return [...this.#tenants];
  }

  /** The key of a tenant; `undefined` where the authority has never heard of it. */
  keyOf(tenant: string): string | undefined {
    if (!this.#tenants.has(tenant)) return undefined;
    return (
      this.#keyByTenant.get(tenant) ??
      this.#add(`cyc_live_${crypto.randomUUID().replaceAll("-", "")}`, tenant)
    );
  }

  callerOf(apiKey: string): Caller | Refusal {
    const tenant = this.#tenantByKey.get(apiKey);
    if (tenant === undefined) return refuse("UNAUTHORIZED", "The API key is not known");
    return { kind: "tenant", tenant };
  }

  checkAdmin(adminKey: string): Caller | Refusal {
    if (adminKey === this.#adminKey) return { kind: "admin" };
    return refuse("UNAUTHORIZED", "The admin key is not known");
  }

  #add(key: string, tenant: string): string {
    this.#tenantByKey.set(key, tenant);
    this.#keyByTenant.set(tenant, key);
    return key;
  }
}
