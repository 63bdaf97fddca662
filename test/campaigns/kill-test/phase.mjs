/** The phases in which a process can be killed, in order. */
export const PHASES = [
  "recovering earlier records",
  "between two lifecycles",
  "reserving",
  "working",
  "noting",
  "writing the record",
  "record written, commit not sent",
  "commit in flight",
  "accepted, response in flight",
  "response received, record not removed",
  "waiting for a retry",
];

/**
 * Returns the phase in which a process was killed.
 * @param {{ what: string }[]} diary the lines of its diary, in order
 * @param {{ hasRecord: boolean, isAccepted: boolean }} found where its last spend was after the kill
 */
export function phaseOf(diary, { hasRecord, isAccepted }) {
  const last = diary.at(-1);
  switch (last?.what) {
    case "recovers":
      return "recovering earlier records";
    case "recovered":
    case "settled":
    case "refused":
    case "notice":
      return "between two lifecycles";
    case "reserves":
      return "reserving";
    case "works":
      return "working";
    case "notes":
      return "noting";
    case "commits":
      return hasRecord || isAccepted ? "record written, commit not sent" : "writing the record";
    case "sends":
      return isAccepted ? "accepted, response in flight" : "commit in flight";
    case "responded":
      if (!isAccepted) return "waiting for a retry";
      return hasRecord ? "response received, record not removed" : "between two lifecycles";
    default:
      throw new Error(`a diary ends with an unknown entry: ${JSON.stringify(last)}`);
  }
}
