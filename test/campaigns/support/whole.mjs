/**
 * A whole number from the command line; ends the process where it is none.
 * @param {string} option
 * @param {string} text
 */
export function whole(option, text) {
  const number = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  console.error(`${option} must be a whole number, not ${JSON.stringify(text)}`);
  process.exit(2);
}
