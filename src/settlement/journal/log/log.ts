import { setImmediate } from "node:timers";
import type { Timer } from "../../../clock.js";
import type { LoggedNote, LoggedSpend } from "../../spend-log.js";
import { type Batch, type LogLine, newBatch } from "./batch.js";
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

/** The log of one client, with at most one open line for each reservation. */
export class Log {
  readonly #owner: LogOwner;
  readonly #segments: Segments;
  readonly #sync = new SharedSync();
  readonly #entries = new Map<string, LogLine>();
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

  /** Whether the log has an open line for a reservation, written or not. */
  has(reservationId: string): boolean {
    return this.#entries.has(reservationId);
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
  append(reservationId: string, content: LogLine["content"]): Promise<void> {
    this.#lines += 1;
    const before = this.#entries.get(reservationId);
    const entry = {
      line: this.#lines,
      reservationId,
      content,
      segment: undefined,
      replaces: before?.segment === undefined ? before?.replaces : before,
      isTaken: false,
    };
    this.#entries.set(reservationId, entry);
    const batch = (this.#batch ??= this.#openBatch());
    batch.entries.push(entry);
    return batch.written;
  }

  /** Marks the line of a spend that was recorded, within a second. */
  recorded(reservationId: string, key: string): void {
    this.#recorded.set(reservationId, key);
    this.#end(reservationId);
    if (this.#isClosed) this.#tidy();
  }

  /** Marks a line as done, before anything else happens. */
  markNow(reservationId: string): void {
    this.#end(reservationId);
    // A note that the spend has replaced may be in the other segment.
    this.#segments.tidy();
    if (this.#isClosed) this.#tidy();
  }

  /** Writes what is pending, and leaves no file if there is nothing to keep. */
  flush(): void {
    this.#owner.appendWaiting();
    if (this.#batch) this.#write(this.#batch);
    this.#tidy();
  }

  /** From now on, the log removes itself as soon as it is empty. */
  close(): void {
    this.#isClosed = true;
    this.#touching?.cancel();
    this.flush();
  }

  #openBatch(): Batch {
    const batch = newBatch();
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
        for (const note of this.#notesIn(segment))
          if (!batch.entries.includes(note)) batch.entries.push(note);
        if (isAgain) refuse(error);
        else this.#write(batch, true);
      });
    } catch (error) {
      refuse(error);
    }
  }

  /** Appends the lines that are still open. Returns their segment; `undefined` if there are none. */
  #append(entries: readonly LogLine[]): Segment | undefined {
    if (!entries.some((entry) => this.#isOpen(entry))) return undefined;
    let open: Iterable<LogLine> = entries;
    for (let left = MAX_TRIES; left > 0; left -= 1) {
      const segment = this.#segments.writable();
      this.#place(open, segment);
      if (segment.isInPlace) return segment;
      // Another process has taken the file over. It has read what was written before that, which
      // may not include these lines. The guards of its notes still run.
      segment.close();
      const notes = this.#notesIn(segment).filter((note) => !entries.includes(note));
      for (const note of notes) note.isTaken = true;
      open = [...entries, ...notes];
    }
    throw new Error("the files of the log do not stay where they were written");
  }

  #place(entries: Iterable<LogLine>, segment: Segment): void {
    const placed: LogLine[] = [];
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
    for (const entry of placed) {
      const { replaces } = entry;
      // The line was in another segment before, or it replaces one.
      this.#endLine(entry);
      entry.segment = segment;
      entry.replaces = undefined;
      if (replaces) this.#endLine(replaces);
    }
  }

  /** Returns what a line holds when it is written; `undefined` if it is done by then. */
  #read(entry: LogLine): LoggedSpend | LoggedNote | undefined {
    if (!this.#isOpen(entry)) return undefined;
    if (typeof entry.content !== "function") return entry.content;
    const { replaces } = entry;
    const isTaken = replaces?.isTaken === true || replaces?.segment?.isInPlace === false;
    const note = entry.content(isTaken);
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
    this.#place(this.#notesIn(from), to);
    const occupied: LogLine[] = [];
    for (const entry of this.#entries.values()) {
      const { content, segment } = entry;
      if (segment !== from || typeof content === "function") continue;
      if (this.#owner.promote(content) === "occupied") occupied.push(entry);
      else this.#end(entry.reservationId);
    }
    this.#place(occupied, to);
  }

  /** The notes that are written in a segment, those that are about to be replaced included. */
  #notesIn(segment: Segment): LogLine[] {
    const notes: LogLine[] = [];
    for (const entry of this.#entries.values()) {
      const written = entry.segment === undefined ? entry.replaces : entry;
      if (written?.segment !== segment || typeof written.content === "function") continue;
      if (isNote(written.content)) notes.push(written);
    }
    return notes;
  }

  #isOpen(entry: LogLine): boolean {
    const current = this.#entries.get(entry.reservationId);
    return current === entry || current?.replaces === entry;
  }

  /** Ends the line of a reservation. Its mark is written later. */
  #end(reservationId: string): void {
    const entry = this.#entries.get(reservationId);
    if (entry === undefined) return;
    this.#entries.delete(reservationId);
    this.#endLine(entry);
    if (entry.replaces) this.#endLine(entry.replaces);
  }

  #endLine({ segment, line }: LogLine): void {
    if (segment === undefined) return;
    this.#segments.end(segment, line);
    this.#tidying ??= this.#later(LONGEST_MARK_DELAY_MS, () => {
      this.#tidy();
    });
  }

  /** Drops a line that is not written. The one that it replaces stays. */
  #forget(entry: LogLine): void {
    const { reservationId, replaces } = entry;
    if (this.#entries.get(reservationId) !== entry) return;
    if (replaces) this.#entries.set(reservationId, replaces);
    else this.#entries.delete(reservationId);
  }

  #tidy(): void {
    this.#tidying?.cancel();
    this.#tidying = undefined;
    this.#segments.tidy();
    const recorded = this.#recorded;
    if (recorded.size > 0) {
      this.#recorded = new Map();
      this.#owner.recorded(recorded);
    }
    if (this.#isClosed) this.#leave();
    if (this.#batch === undefined && this.#segments.isEmpty) notAtExit(this);
  }

  /** Leaves the files of a closed log to other clients, once only notes are left in them. */
  #leave(): void {
    this.#segments.release();
    for (const { content } of this.#entries.values())
      if (typeof content === "function" || !isNote(content)) return;
    this.#segments.close();
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
