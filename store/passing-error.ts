/**
 * SQLSTATEs that pass by themselves: no connection, no free one, shutting down, starting up, a lock not granted in
 * time, a deadlock or a serialization failure, a statement cut off.
 */
const PASSING = new Set(['53300', '57P01', '57P02', '57P03', '55P03', '40P01', '40001', '57014', '25P03'])
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EPIPE', 'ENOTFOUND', 'EHOSTUNREACH'])
/** The driver's own errors carry no code. */
const DRIVER_TEXT =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout)/

/** Whether an error only says that the database cannot be reached, or is busy, right now. */
export function isPassing(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isPassing)
  if (!(error instanceof Error)) return false
  const code: unknown = Reflect.get(error, 'code')
  if (typeof code === 'string' && (PASSING.has(code) || NETWORK.has(code) || /^08/.test(code))) return true
  return DRIVER_TEXT.test(error.message)
}
