// Prints how many milliseconds it takes to import a module in a process that has imported no other module.
const [, , specifier = ""] = process.argv;
const from = performance.now();
await import(specifier);
console.log(JSON.stringify(performance.now() - from));
