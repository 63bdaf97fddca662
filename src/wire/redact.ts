import { type CyclesError, CyclesResponseError } from "../errors.js";
import type { Answer } from "./send.js";

const PLACE = "[API key]";

/** An answer to be shown in an error: a server that echoes the key does not get it through. */
export function redacted({ status, headers, text }: Answer, apiKey: string | undefined): Answer {
  return {
    status,
    text: withoutKey(text, apiKey),
    headers: {
      get: (name) => {
        const value = headers.get(name);
        return value === null ? null : withoutKey(value, apiKey);
      },
      *[Symbol.iterator]() {
        for (const [name, value] of headers) yield [name, withoutKey(value, apiKey)];
      },
    },
  };
}

/** The same for an error that quotes the start of a body. */
export function redactedError(error: CyclesError, apiKey: string | undefined): CyclesError {
  if (!(error instanceof CyclesResponseError)) return error;
  const { message, status, excerpt, retryable } = error;
  return new CyclesResponseError(message, {
    status,
    retryable,
    excerpt: withoutKey(excerpt, apiKey),
  });
}

/** Takes the key out as it is, and as JSON writes it. */
function withoutKey(text: string, apiKey: string | undefined): string {
  if (apiKey === undefined) return text;
  return text.replaceAll(apiKey, PLACE).replaceAll(JSON.stringify(apiKey).slice(1, -1), PLACE);
}
