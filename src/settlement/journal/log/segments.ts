import type { Clock } from "../../../clock.js";
import type { LoggedSpend } from "../../spend-log.js";
import { doneLine, headerLine, type LogHeader, silenceMs } from "./lines.js";
import { Segment } from "./segment.js";

/** A segment that is larger is replaced by a new one. */
const SEGMENT_BYTES = 512 * 1024;

/** What a log needs from its journal. */
export interface LogOwner extends LogHeader {
  readonly clock: Clock;
  /** Whether a spend is safe only when it is on the disk. */
  readonly toDisk: boolean;
  /** Returns the folder, and creates it if it does not exist. */
  readonly folder: () => string;
  /** Makes the name of a new file survive a power failure. */
  readonly syncFolder: () => void;
  /**
   * Writes the file of a spend, unless it exists. Returns `occupied` if the reservation has the file
   * of another spend. Throws the system's error.
   */
  readonly promote: (spend: LoggedSpend) => "kept" | "occupied";
  /** Appends the notes that wait for their next line. */
  readonly appendWaiting: () => void;
  /** Called once a second with the spends that were recorded, by reservation, with their keys. */
  readonly recorded: (keys: ReadonlyMap<string, string>) => void;
}

/**
 * The files of a log: the one that is written, and at most one before it. The older one is removed
 * when its last line is done, or when the newer one is full: then its open lines are moved.
 */
export class Segments {
  readonly #owner: LogOwner;
  readonly #move: (from: Segment, to: Segment) => void;
  readonly #header: string;
  #current: Segment | undefined;
  #previous: Segment | undefined;

  /** @param move moves the open lines of a segment to files or to another segment, or throws */
  constructor(owner: LogOwner, move: (from: Segment, to: Segment) => void) {
    this.#owner = owner;
    this.#move = move;
    this.#header = headerLine(owner);
  }

  get isEmpty(): boolean {
    return this.#current === undefined && this.#previous === undefined;
  }

  /**
   * Returns the segment to write to. It is a new one if the current one is full, or was silent for
   * so long that another process may take it over soon. Throws the system's error.
   */
  writable(): Segment {
    const current = this.#current;
    if (current && current.bytes < SEGMENT_BYTES && this.#isFresh(current)) return current;
    const next = new Segment(this.#owner.folder(), this.#header);
    if (this.#owner.toDisk) this.#owner.syncFolder();
    if (this.#previous) this.#replace(this.#previous, next);
    this.#previous = undefined;
    if (current?.open === 0) current.remove();
    else if (current?.isClosed === false) this.#previous = current;
    return (this.#current = next);
  }

  /** Ends a line. Its mark is written with the next lines, or when the log is tidied. */
  end(segment: Segment, line: number): void {
    if (segment.isClosed) return;
    segment.open -= 1;
    segment.done.push(line);
    if (segment !== this.#previous || segment.open > 0) return;
    segment.remove();
    this.#previous = undefined;
  }

  /** Writes the marks of all segments, and removes those that keep nothing more. */
  tidy(): void {
    for (const segment of [this.#previous, this.#current]) if (segment) this.#tidy(segment);
  }

  #tidy(segment: Segment): void {
    if (segment.isClosed) return;
    if (segment.open === 0) segment.remove();
    else mark(segment);
    if (this.#previous?.isClosed === true) this.#previous = undefined;
    if (this.#current?.isClosed === true) this.#current = undefined;
  }

  /** Allows other clients of this process to take the files over when they are silent. */
  release(): void {
    this.#previous?.release();
    this.#current?.release();
  }

  /** Leaves the files to other processes. */
  close(): void {
    this.#previous?.close();
    this.#current?.close();
    this.#previous = undefined;
    this.#current = undefined;
  }

  #isFresh(segment: Segment): boolean {
    const { isClosed, silentMs } = segment;
    return !isClosed && silentMs >= 0 && silentMs < silenceMs(this.#owner) / 2;
  }

  #replace(segment: Segment, next: Segment): void {
    try {
      this.#move(segment, next);
      segment.remove();
    } catch {
      // Nothing is lost: the file stays, and a later process takes it over.
      mark(segment);
      segment.close();
    }
  }
}

/**
 * Writes the marks that are pending. If that fails, they stay pending: without its mark, a spend is
 * sent again with its key.
 */
function mark(segment: Segment): void {
  if (segment.isClosed || segment.done.length === 0) return;
  try {
    segment.append(doneLine(segment.done));
    segment.done = [];
  } catch {
    // The next write tries it again.
  }
}
