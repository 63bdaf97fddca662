// An empty module, to measure what every import costs.
