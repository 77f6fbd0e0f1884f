/** A number of things, in a sentence: `1 user`, `2,000 users`. */
export function counted(number: number, one: string, several = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : several}`;
}
