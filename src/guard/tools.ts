import type { Caps } from "../../generated/paths.js";

export type { Caps };

/** Whether caps let a tool be used: an allow list that is not empty decides alone, else the deny list does. */
export function allowsTool(caps: Caps | undefined, name: string): boolean {
  if (caps?.tool_allowlist?.length) return caps.tool_allowlist.includes(name);
  return caps?.tool_denylist?.includes(name) !== true;
}
