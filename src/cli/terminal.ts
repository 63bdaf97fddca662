import type { Writable } from "node:stream";

/** What a command runs in: the process, or what a test puts in its place. */
export interface Terminal {
  readonly stdout: Screen;
  readonly stderr: Writable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborts at Ctrl-C and at SIGTERM. Until a command asks for it, these end the process as they always do. */
  readonly stopRequested: () => AbortSignal;
}

/** A stream that may be the screen of a terminal. */
export type Screen = Writable & { readonly isTTY?: boolean; readonly columns?: number };
