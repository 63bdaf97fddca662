// Tells from the error of `fetch` whether a request can have reached the provider.

/** How deep causes are followed. */
const MAX_DEPTH = 8;

/**
 * Whether no connection was made, so that the provider has not seen the request. An error that
 * does not say so may have come after the request was sent.
 */
export function isNeverConnected(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > MAX_DEPTH) return false;
  if ("code" in error && typeof error.code === "string" && isConnectCode(error.code)) return true;
  if ("syscall" in error && (error.syscall === "connect" || error.syscall === "getaddrinfo"))
    return true;
  // One attempt per address of a host: all of them must have failed before the request was sent.
  if ("errors" in error && Array.isArray(error.errors) && error.errors.length > 0)
    return error.errors.every((each) => isNeverConnected(each, depth + 1));
  return "cause" in error && isNeverConnected(error.cause, depth + 1);
}

function isConnectCode(code: string): boolean {
  return CODES.has(code) || CERTIFICATE.test(code);
}

/** Codes of Node, of undici and of Bun. */
const CODES = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_NODATA",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETDOWN",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ERR_INVALID_URL",
  "UND_ERR_CONNECT_TIMEOUT",
  "ConnectionRefused",
  "FailedToOpenSocket",
]);

/** OpenSSL's codes for certificates that were not accepted, and for a server that speaks no TLS. */
const CERTIFICATE =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|ERR_TLS_|ERR_SSL_|INVALID_CA|PATH_LENGTH_)/;
