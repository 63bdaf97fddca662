import { CyclesConfigError } from "../../errors.js";
import { refuse } from "../ledger/refusal.js";
import { type HttpRefusal, toHttpRefusal } from "./refusal.js";

/** Which host names and which web pages may reach the socket. */
export interface OriginPolicy {
  /** The allowed values of `Host`, in lower case and without a port. */
  readonly hosts: ReadonlySet<string>;
  /** The origins of web pages that may call. The socket's own origin is always allowed. */
  readonly origins: ReadonlySet<string> | "any";
}

/** The headers that say where a request comes from. */
interface OriginHeaders {
  readonly host?: string | undefined;
  readonly origin?: string | undefined;
  readonly "access-control-request-headers"?: string | undefined;
}

const LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"];

/** Checks the options `hosts` and `cors`. Throws a `CyclesConfigError` that names the option. */
export function toOriginPolicy(
  hosts: readonly string[],
  cors: boolean | readonly string[],
): OriginPolicy {
  for (const host of hosts) checkHostName(host);
  const origins = typeof cors === "boolean" ? [] : cors;
  for (const origin of origins) checkOrigin(origin);
  return {
    hosts: new Set([...LOOPBACK_HOSTS, ...hosts].map((host) => host.toLowerCase())),
    origins: cors === true ? "any" : new Set(origins),
  };
}

/**
 * Refuses a request that may come from a foreign web page. `Host` is checked because the host name
 * of a page can resolve to this machine (DNS rebinding). For the browser, the page and the authority
 * then have the same origin.
 */
export function refuseForeign(
  { host, origin }: OriginHeaders,
  policy: OriginPolicy,
): HttpRefusal | undefined {
  if (host === undefined) {
    const refusal = refuse("INVALID_REQUEST", "The request has no Host header");
    return { ...refusal, status: 400 };
  }
  const name = host.toLowerCase().replace(/:\d*$/, "");
  if (!policy.hosts.has(name)) {
    const message =
      `Host is ${JSON.stringify(host)}, but this authority serves only ` +
      `${[...policy.hosts].join(", ")}: call one of these, or add the name to the option hosts`;
    return { ...refuse("INVALID_REQUEST", message), status: 421 };
  }
  if (origin === undefined || isAllowed(origin, host, policy)) return undefined;
  return toHttpRefusal(
    refuse(
      "FORBIDDEN",
      `Web pages of the origin ${JSON.stringify(origin)} may not call: add it to the option cors`,
    ),
  );
}

/** The CORS headers for a page that may call; `undefined` if none are needed. */
export function crossOrigin(
  { origin, "access-control-request-headers": requested }: OriginHeaders,
  { origins }: OriginPolicy,
): Readonly<Record<string, string>> | undefined {
  const isAny = origins === "any";
  if (!isAny && (origin === undefined || !origins.has(origin))) return undefined;
  return {
    "access-control-allow-origin": isAny ? "*" : (origin ?? ""),
    ...(!isAny && { vary: "origin" }),
    "access-control-allow-methods": "*",
    "access-control-allow-headers": requested ?? "*",
    "access-control-expose-headers": "*",
    "access-control-max-age": "600",
  };
}

function isAllowed(origin: string, host: string, { origins }: OriginPolicy): boolean {
  if (origins === "any" || origins.has(origin)) return true;
  return origin.toLowerCase() === `http://${host.toLowerCase()}`;
}

function checkHostName(host: string): void {
  if (/^([a-z0-9_.-]+|\[[0-9a-f:.]+\])$/i.test(host)) return;
  throw new CyclesConfigError(
    `hosts: ${JSON.stringify(host)} is not a host name: leave out the scheme and the port, such as "host.docker.internal"`,
  );
}

function checkOrigin(origin: string): void {
  if (URL.canParse(origin) && new URL(origin).origin === origin) return;
  throw new CyclesConfigError(
    `cors: ${JSON.stringify(origin)} is not an origin: write the scheme, the host and the port, such as "http://localhost:3000"`,
  );
}
