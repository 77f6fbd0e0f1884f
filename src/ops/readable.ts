/** The fields of an event for a person: `reason: …, kept: 3`; of an error its message. */
export function readable(fields: unknown): string {
  return Object.entries(fields ?? {})
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => (isError(value) ? value.message : `${name}: ${shown(value)}`))
    .join(', ');
}

function isError(value: unknown): value is { message: string } {
  return value instanceof Error || (typeof value === 'object' && value !== null && 'message' in value);
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join('; ') : String(value);
}
