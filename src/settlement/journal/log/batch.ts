import type { LoggedNote, LoggedSpend, ReadNote } from "../../spend-log.js";
import type { Segment } from "./segment.js";

/** A line of the log that is not done. */
export interface LogLine {
  readonly line: number;
  readonly reservationId: string;
  /** A function returns the note when it is written, or `undefined` to leave it out. */
  content: LoggedSpend | LoggedNote | ReadNote;
  /** `undefined` until it is written. */
  segment: Segment | undefined;
  /** The written line that it replaces, which is kept until this one is written. */
  replaces: LogLine | undefined;
  /** Whether another process has an earlier copy of it. */
  isTaken: boolean;
}

/** The entries of one turn of the event loop, which are written together. */
export interface Batch {
  readonly entries: LogLine[];
  readonly written: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export function newBatch(): Batch {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = resolve;
  const written = new Promise<void>((onWritten, onFailed) => {
    resolve = onWritten;
    reject = onFailed;
  });
  return { entries: [], written, resolve, reject };
}
