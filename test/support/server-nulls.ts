/**
 * The `null`s of the reference server, which the contract does not allow: the members of each schema that responses
 * may carry as `null`. Anywhere else, and under the prose rules, a `null` breaks the contract.
 */
export const SERVER_NULLS: Readonly<Record<string, readonly string[]>> = {
  Subject: ["tenant", "workspace", "app", "workflow", "agent", "toolset", "dimensions"],
  Action: ["tags"],
  ReservationListResponse: ["next_cursor"],
  BalanceResponse: ["next_cursor"],
};
