// The web's types, as the consumer's compiler knows them: from `lib.dom`, `@types/node`, or the
// types of another runtime. Our declarations name no globals, so they compile without any of these.

/** The platform's `AbortSignal`. */
export type WebAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Global } }
  ? Global
  : { readonly aborted: boolean; readonly reason: unknown };

/** The platform's `AbortController`. */
export type WebAbortController = typeof globalThis extends {
  AbortController: { prototype: infer Global };
}
  ? Global
  : { readonly signal: WebAbortSignal; abort(reason?: unknown): void };

/** The platform's `Request`. */
export type WebRequest = typeof globalThis extends { Request: { prototype: infer Global } }
  ? Global
  : { readonly method: string; readonly url: string };

/** The platform's `Response`. */
export type WebResponse = typeof globalThis extends { Response: { prototype: infer Global } }
  ? Global
  : { readonly status: number; text(): Promise<string>; json(): Promise<unknown> };

/** The platform's `fetch`. */
export type WebFetch = typeof globalThis extends { fetch: infer Global }
  ? Global
  : (request: WebRequest) => Promise<WebResponse>;

/** The platform's `URL`. */
export type WebUrl = typeof globalThis extends { URL: { prototype: infer Global } }
  ? Global
  : { readonly href: string };

/** The options of the platform's `fetch`. */
export type WebRequestInit = typeof globalThis extends {
  fetch: (url: string, init?: infer Global) => unknown;
}
  ? NonNullable<Global>
  : {
      readonly method?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string | null;
      readonly signal?: WebAbortSignal | null;
    };
