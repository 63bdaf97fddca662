/// <reference lib="esnext.disposable" preserve="true" />
// The public surface of `cycles-client`. Everything else may change in any release.

export { CyclesClient } from "./client.js";
export type { Operations } from "./operations.js";
export type {
  ChildOptions,
  ClientOptions,
  Dispatcher,
  Fetch,
  Instrumentation,
  RetryOptions,
} from "./options.js";
export {
  add,
  type Amount,
  credits,
  format,
  microcents,
  perMillion,
  riskPoints,
  tokens,
  type Unit,
  usd,
} from "./amount.js";
export { scopeId } from "./protocol/scope-id.js";
export type { Subject, SubjectDefaults } from "./protocol/subject.js";

export type { ClientErrorCode, CyclesErrorCode, ErrorCode } from "./error-codes.js";
export {
  BudgetDeniedError,
  BudgetNotFoundError,
  CyclesApiError,
  CyclesAuthenticationError,
  CyclesConfigError,
  CyclesConnectionError,
  CyclesError,
  CyclesPermissionError,
  CyclesRateLimitError,
  CyclesResponseError,
  CyclesTimeoutError,
  CyclesValidationError,
  IdempotencyMismatchError,
  isCyclesError,
  ReservationStateError,
  type UnitHint,
  UnitMismatchError,
} from "./errors.js";
export {
  ActualUnknownError,
  GuardStateError,
  HeartbeatFailedError,
  SettlementRefusedError,
  SettlementUnknownError,
} from "./guard/errors.js";
export type { Issue } from "./protocol/issues.js";
export { toResponse } from "./to-response.js";

export { Allowance } from "./allowance/allowance.js";
export { Draw } from "./allowance/draw.js";
export type { GrowOptions } from "./allowance/growth.js";
export type { AllowanceOptions } from "./allowance/run.js";
export type { Budget, Hold } from "./guard/budget.js";
export { currentBudget, currentGuard } from "./guard/current.js";
export { Guard } from "./guard/guard.js";
export type { GuardOutcome, GuardState } from "./guard/transition.js";
export type { HeartbeatPolicy } from "./guard/heartbeat-failure.js";
export type { ReserveOptions } from "./guard/reserve.js";
export type { LowBudget, LowBudgetAlert } from "./low-budgets.js";
export type { OnUnavailable, PolicyMode, PolicyOptions } from "./policy-options.js";
export type {
  ActualSource,
  RequestSource,
  RunOptions,
  StreamOptions,
} from "./guard/work-options.js";
export type { Journal, JournalResult, SetAside, StoredRecord } from "./journal.js";
export type { Recovery } from "./settlement/recovery.js";
export type { Settlement } from "./settlement/settlement.js";
export type { SpendDetails } from "./settlement/details.js";

export { ApiPromise, type WithResponse } from "./wire/api-promise.js";
export type { CallOptions } from "./wire/prepare.js";
export { ListPromise } from "./wire/list-promise.js";
export { createRawClient } from "./wire/raw.js";
export type { RawCall, RawClient, RawMiddleware } from "./wire/raw-client.js";

export { type Clock, systemClock, type Timer } from "./clock.js";
export type { Logger, LogLevel, Notice } from "./notices.js";
export type { HeaderReader } from "./protocol/headers.js";
export type {
  CommitParams,
  CreateEventParams,
  CreateReservationParams,
  DecideParams,
  ExtendParams,
  Filled,
  GetBalancesParams,
  Keyed,
  ListReservationsParams,
  Query,
  ReleaseParams,
  ReserveRequest,
} from "./params.js";
export type {
  Decision,
  DecisionReason,
  EvidenceEnvelope,
  EvidenceKey,
  EvidenceKeySet,
  OveragePolicy,
  ReservationStatus,
} from "./wire-types.js";
export type { OperationId } from "../generated/operations.js";
export type {
  Action,
  Balance,
  BalanceResponse,
  Caps,
  components,
  CommitRequest,
  CommitResponse,
  CyclesEvidenceRef,
  DecisionRequest,
  DecisionResponse,
  ErrorResponse,
  EventCreateRequest,
  EventCreateResponse,
  operations,
  paths,
  ReleaseRequest,
  ReleaseResponse,
  ReservationCreateRequest,
  ReservationCreateResponse,
  ReservationDetail as Reservation,
  ReservationEvidence,
  ReservationExtendRequest,
  ReservationExtendResponse,
  ReservationListResponse,
  ReservationSummary,
  SignedAmount,
  StandardMetrics as Metrics,
} from "../generated/paths.js";
