// The entry point `cycles-client/tools`: budgets for tool calls.
export {};
