// The least work that the two requests of a pair need: undici's pool, with JSON written by hand. The durable floors
// also keep the spend in a file before the commit leaves, so that the journal is measured against its own limit.
import { closeSync, fdatasync, ftruncateSync, openSync, writeSync } from "node:fs";
import { promisify } from "node:util";
import { commitment, HEADERS, reservation } from "./requests.mjs";

const toDisk = promisify(fdatasync);

/** A file that is larger is emptied, so that a long run does not fill the disk. */
const LARGEST_FILE_BYTES = 512 * 1024;

/** @typedef {Pick<import("undici").Pool, "request">} Connection */

/** @param {Connection} over */
export function floor(over) {
  return async () => {
    const reserved = await post(over, "/v1/reservations", JSON.stringify(reservation()));
    const path = commitPath(reserved);
    const { charged } = await post(over, path, JSON.stringify(commitment()));
    return charged.amount;
  };
}

/**
 * The floor with one append in front of each commit. The operating system has the spend before the commit leaves.
 *
 * @param {Connection} over
 * @param {AppendedFile} file
 */
export function durableFloor(over, file) {
  return keptFloor(over, (line) => {
    file.append(line);
  });
}

/**
 * The floor with one append and a shared `fdatasync` in front of each commit. The disk has the spend before the commit
 * leaves.
 *
 * @param {Connection} over
 * @param {AppendedFile} file
 */
export function diskFloor(over, file) {
  return keptFloor(over, (line) => {
    file.append(line);
    return file.sync();
  });
}

/**
 * @param {Connection} over
 * @param {(line: string) => Promise<void> | void} keep
 */
function keptFloor(over, keep) {
  return async () => {
    const reserve = JSON.stringify(reservation());
    const reserved = await post(over, "/v1/reservations", reserve);
    const commit = JSON.stringify(commitment());
    const kept = keep(lineOf(reserved.reservation_id, reserve, commit));
    if (kept) await kept;
    const { charged } = await post(over, commitPath(reserved), commit);
    return charged.amount;
  };
}

/** What a later process needs to repeat the commit, or to record the spend as an event. */
function lineOf(id, reserve, commit) {
  return `{"reservation_id":"${id}","at":${Date.now()},"commit":${commit},"reserved":${reserve}}\n`;
}

function commitPath({ reservation_id: id }) {
  return `/v1/reservations/${id}/commit`;
}

async function post(over, path, body) {
  const { body: response } = await over.request({ method: "POST", path, headers: HEADERS, body });
  return JSON.parse(await response.text());
}

/** @typedef {ReturnType<typeof openToAppend>} AppendedFile */

/**
 * Opens a file that the floors append to.
 * @param {string} path
 */
export function openToAppend(path) {
  const descriptor = openSync(path, "a", 0o600);
  let bytes = 0;
  return {
    /** @param {string} text */
    append(text) {
      if (bytes > LARGEST_FILE_BYTES) {
        ftruncateSync(descriptor);
        bytes = 0;
      }
      bytes += writeSync(descriptor, text);
    },
    sync: shared(() => toDisk(descriptor)),
    close() {
      closeSync(descriptor);
    },
  };
}

/**
 * Returns a function that calls `sync` for all its callers, one call at a time. Callers that arrive during a call share
 * the next one, because the call may have begun before their text was written.
 *
 * @param {() => Promise<void>} sync
 */
export function shared(sync) {
  /** @type {Promise<void> | undefined} */
  let running;
  /** @type {Promise<void> | undefined} */
  let next;
  const start = () => {
    next = undefined;
    running = sync().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (next) return next;
    if (!running) return start();
    next = running.then(start, start);
    return next;
  };
}
