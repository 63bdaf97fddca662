import type { Settings } from "../settings.js";
import type { Send } from "../wire/send.js";
import type { ReportingJournal } from "./reporting-journal.js";

/** What settlement needs of its client. */
export interface SettlementContext {
  readonly settings: Settings;
  readonly send: Send;
  /** `undefined` if there is no journal. */
  readonly journal: ReportingJournal | undefined;
}
