// The entry point `cycles-client/ai`: middleware for the models of the AI SDK.
export {};
