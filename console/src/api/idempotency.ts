/**
 * A key for one operation. Whoever repeats the operation sends the same one, and it is carried out once. `randomUUID` is
 * missing where a page did not come over TLS or from this machine.
 */
export function newIdempotencyKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}
