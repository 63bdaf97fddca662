import { setImmediate } from "node:timers";
import type { Timer } from "../../../clock.js";
import type { LoggedNote, LoggedSpend } from "../../spend-log.js";
import { atExit, notAtExit } from "./exit.js";
import { doneLine, entryLine, isNote } from "./lines.js";
import type { Segment } from "./segment.js";
import { type LogOwner, Segments } from "./segments.js";
import { SharedSync } from "./shared-sync.js";

/** How long a mark may wait for the next write. */
const LONGEST_MARK_DELAY_MS = 1_000;
/** A log with notes is touched this often, so that it is not silent while its guards run. */
const TOUCH_MS = 15_000;

/** How many files are tried for a batch, in case other processes take them over. */
const MAX_TRIES = 3;

/** A line of the log that is not done. */
interface Entry {
  readonly line: number;
  readonly reservationId: string;
  /** A function returns the note when it is written, or `undefined` to leave it out. */
  content: LoggedSpend | LoggedNote | (() => LoggedNote | undefined);
  /** `undefined` until it is written. */
  segment: Segment | undefined;
  /** The note that this line replaces, if that was written. */
  readonly replaced: { readonly note: LoggedNote; readonly segment: Segment } | undefined;
}

/** The entries of one turn of the event loop, which are written together. */
interface Batch {
  readonly entries: Entry[];
  readonly written: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The log of one client, with at most one open line for each reservation. */
export class Log {
  readonly #owner: LogOwner;
  readonly #segments: Segments;
  readonly #sync = new SharedSync();
  readonly #entries = new Map<string, Entry>();
  /** The notes that other processes may have read before this one noticed, by reservation. */
  readonly #takenOver = new Map<string, LoggedNote>();
  #lines = 0;
  #batch: Batch | undefined;
  /** The keys of the spends that were recorded since the log was last tidied, by reservation. */
  #recorded = new Map<string, string>();
  #tidying: Timer | undefined;
  #touching: Timer | undefined;
  #isClosed = false;

  constructor(owner: LogOwner) {
    this.#owner = owner;
    this.#segments = new Segments(owner, (from, to) => {
      this.#move(from, to);
    });
  }

  /** What the log keeps for a reservation; `undefined` if it has no open line for it. */
  get(reservationId: string): LoggedSpend | LoggedNote | undefined {
    const content = this.#entries.get(reservationId)?.content;
    return typeof content === "function" ? undefined : content;
  }

  /**
   * Appends a line in place of the reservation's earlier one. Resolves when it is safe. All lines
   * of a turn of the event loop are written together, at its end.
   */
  append(reservationId: string, content: Entry["content"]): Promise<void> {
    const replaced = writtenNote(this.#entries.get(reservationId));
    this.#end(reservationId);
    this.#lines += 1;
    const entry = { line: this.#lines, reservationId, content, segment: undefined, replaced };
    this.#entries.set(reservationId, entry);
    const batch = (this.#batch ??= this.#openBatch());
    batch.entries.push(entry);
    return batch.written;
  }

  takenOver(reservationId: string): LoggedNote | undefined {
    return this.#takenOver.get(reservationId);
  }

  /** Marks the line of a spend that was recorded, within a second. */
  recorded(reservationId: string, key: string): void {
    this.#recorded.set(reservationId, key);
    this.#end(reservationId);
    if (this.#isClosed) this.#tidy();
  }

  /** Marks a line as done, before anything else happens. */
  markNow(reservationId: string): void {
    const segment = this.#entries.get(reservationId)?.segment;
    this.#end(reservationId);
    this.#writePending();
    if (segment) this.#segments.mark(segment);
    if (this.#isClosed) this.#tidy();
  }

  /** Writes what is pending, and leaves no file if there is nothing to keep. */
  flush(): void {
    this.#tidy();
  }

  /** From now on, the log removes itself as soon as it is empty. */
  close(): void {
    this.#isClosed = true;
    this.flush();
    this.#touching?.cancel();
    this.#segments.release();
  }

  #openBatch(): Batch {
    let resolve: () => void = () => undefined;
    let reject: (error: unknown) => void = resolve;
    const written = new Promise<void>((onWritten, onFailed) => {
      resolve = onWritten;
      reject = onFailed;
    });
    const batch = { entries: [], written, resolve, reject };
    atExit(this);
    setImmediate(() => {
      if (this.#batch === batch) this.#write(batch);
    });
    return batch;
  }

  /**
   * Writes a batch. Its promise is settled now, or when the disk has it.
   *
   * @param isAgain whether the disk has refused it before
   */
  #write(batch: Batch, isAgain = false): void {
    if (batch === this.#batch) this.#batch = undefined;
    const refuse = (error: unknown) => {
      for (const entry of batch.entries) this.#forget(entry);
      batch.reject(error);
      this.#tidy();
    };
    try {
      const segment = this.#append(batch.entries);
      if (!this.#owner.toDisk || segment === undefined) {
        batch.resolve();
        return;
      }
      this.#sync.of(segment).then(batch.resolve, (error: unknown) => {
        segment.close();
        if (isAgain) refuse(error);
        else this.#write(batch, true);
      });
    } catch (error) {
      refuse(error);
    }
  }

  /** Appends the lines that are still open. Returns their segment; `undefined` if there are none. */
  #append(entries: readonly Entry[]): Segment | undefined {
    if (!entries.some((entry) => this.#isOpen(entry))) return undefined;
    for (let left = MAX_TRIES; left > 0; left -= 1) {
      const segment = this.#segments.writable();
      this.#place(entries, segment);
      if (segment.isInPlace) return segment;
      // Another process has taken the file over. It has read what was written before that, which
      // may not include these lines.
      segment.close();
      for (const { reservationId, replaced } of entries)
        if (replaced?.segment === segment) this.#takenOver.set(reservationId, replaced.note);
      this.#copyNotes(segment);
    }
    throw new Error("the files of the log do not stay where they were written");
  }

  #place(entries: readonly Entry[], segment: Segment): void {
    const placed: Entry[] = [];
    let text = segment.done.length > 0 ? doneLine(segment.done) : "";
    for (const entry of entries) {
      const content = this.#read(entry);
      if (content === undefined) continue;
      text += entryLine(entry.line, content);
      placed.push(entry);
    }
    segment.append(text);
    segment.done = [];
    segment.open += placed.length;
    for (const entry of placed) entry.segment = segment;
  }

  /** Returns what a line holds when it is written; `undefined` if it is done by then. */
  #read(entry: Entry): LoggedSpend | LoggedNote | undefined {
    if (!this.#isOpen(entry)) return undefined;
    if (typeof entry.content !== "function") return entry.content;
    const note = entry.content();
    if (note === undefined) {
      this.#forget(entry);
      return undefined;
    }
    entry.content = note;
    this.#touchLater();
    return note;
  }

  /** Moves the open lines of a segment: spends to their files, the others to another segment. */
  #move(from: Segment, to: Segment): void {
    const kept: Entry[] = [];
    for (const entry of this.#entries.values()) {
      const { content, segment } = entry;
      if (segment !== from || typeof content === "function") continue;
      if (isNote(content) || this.#owner.promote(content) === "occupied") kept.push(entry);
      else this.#forget(entry);
    }
    this.#place(kept, to);
  }

  /** Writes the notes of a segment that was taken over again, because their guards still run. */
  #copyNotes(segment: Segment): void {
    for (const { reservationId, content, segment: place } of this.#entries.values()) {
      if (place !== segment || typeof content === "function" || !isNote(content)) continue;
      if (!this.#takenOver.has(reservationId)) this.#takenOver.set(reservationId, content);
      this.append(reservationId, content).catch(() => undefined);
    }
  }

  #isOpen(entry: Entry): boolean {
    return this.#entries.get(entry.reservationId) === entry;
  }

  /** Ends the line of a reservation. Its mark is written later. */
  #end(reservationId: string): void {
    const entry = this.#entries.get(reservationId);
    if (entry === undefined) return;
    this.#entries.delete(reservationId);
    if (entry.segment === undefined) return;
    this.#segments.end(entry.segment, entry.line);
    this.#tidying ??= this.#later(LONGEST_MARK_DELAY_MS, () => {
      this.#tidy();
    });
  }

  #forget(entry: Entry): void {
    if (this.#isOpen(entry)) this.#entries.delete(entry.reservationId);
  }

  /** A line that is replaced must not be marked before the line that replaces it is written. */
  #writePending(): void {
    if (this.#batch) this.#write(this.#batch);
  }

  #tidy(): void {
    this.#tidying?.cancel();
    this.#tidying = undefined;
    this.#writePending();
    this.#segments.tidy();
    const recorded = this.#recorded;
    if (recorded.size > 0) {
      this.#recorded = new Map();
      this.#owner.recorded(recorded);
    }
    if (this.#batch === undefined && this.#segments.isEmpty) notAtExit(this);
  }

  #touchLater(): void {
    if (this.#isClosed) return;
    this.#touching ??= this.#later(TOUCH_MS, () => {
      this.#touching = undefined;
      const noted = new Set<Segment>();
      for (const { content, segment } of this.#entries.values())
        if (segment?.isClosed === false && typeof content !== "function" && isNote(content))
          noted.add(segment);
      for (const segment of noted) segment.touch();
      if (noted.size > 0) this.#touchLater();
    });
  }

  #later(ms: number, callback: () => void): Timer {
    const timer = this.#owner.clock.setTimeout(callback, ms);
    timer.unref();
    return timer;
  }
}

function writtenNote(entry: Entry | undefined): Entry["replaced"] {
  if (entry?.segment === undefined || typeof entry.content === "function") return undefined;
  return isNote(entry.content) ? { note: entry.content, segment: entry.segment } : undefined;
}
