import type { OperationId } from "../../generated/operations.js";
import type { Settings } from "../settings.js";
import { mergeSubject, type Subject, type SubjectDefaults } from "../protocol/subject.js";

/** Clients that have been told once that their subjects lack a tenant. */
const warned = new WeakSet<Settings>();

/**
 * The subject of a request with the client's defaults filled in. One without a tenant derives no tenant scope and
 * so bypasses the tenant's budget, which is rarely meant.
 */
export function fillSubject(
  settings: Settings,
  operation: OperationId,
  subject: SubjectDefaults | undefined,
): Subject {
  const filled = mergeSubject(settings.subject, subject);
  if (filled.tenant === undefined && !warned.has(settings)) {
    warned.add(settings);
    settings.notify({ type: "no_tenant", operation });
  }
  return filled;
}
