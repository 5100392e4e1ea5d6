import type { WmsErrorCode } from '../../contracts/wms.ts'

/** Why a WMS could not be read. The message goes to people: never a password, never a row. */
export class WmsError extends Error {
  override readonly name = 'WmsError'
  readonly code: WmsErrorCode
  constructor(code: WmsErrorCode, detail: string) {
    super(detail)
    this.code = code
  }
}

/** Names as mysql2 and Node give them; everything else is `failed`. */
const CODES: Record<string, WmsErrorCode> = {
  ER_ACCESS_DENIED_ERROR: 'access-denied',
  ER_DBACCESS_DENIED_ERROR: 'access-denied',
  ER_TABLEACCESS_DENIED_ERROR: 'access-denied',
  ER_COLUMNACCESS_DENIED_ERROR: 'access-denied',
  ER_VIEW_INVALID: 'query-refused',
  ER_BAD_DB_ERROR: 'no-such-database',
  ER_NO_SUCH_TABLE: 'no-such-table',
  ER_BAD_FIELD_ERROR: 'no-such-column',
  ER_PARSE_ERROR: 'query-refused',
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: 'query-refused',
  ER_QUERY_TIMEOUT: 'timeout',
  ER_STATEMENT_TIMEOUT: 'timeout',
  ER_QUERY_INTERRUPTED: 'timeout',
  HANDSHAKE_NO_SSL_SUPPORT: 'tls',
  HANDSHAKE_SSL_ERROR: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'tls',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'tls',
  ERR_TLS_CERT_ALTNAME_INVALID: 'tls',
  CERT_HAS_EXPIRED: 'tls',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  PROTOCOL_CONNECTION_LOST: 'unreachable',
  ER_CON_COUNT_ERROR: 'unreachable',
}
/** mysql2 does not know the names of all of MariaDB's numbers. */
const NUMBERS: Record<number, WmsErrorCode> = {
  1317: 'timeout',
  1969: 'timeout',
  3024: 'timeout',
  1792: 'query-refused',
}
const MESSAGE_CHARACTERS = 200

/** Any failure of the driver as one of ours. */
export function toWmsError(error: unknown): WmsError {
  if (error instanceof WmsError) return error
  if (!(error instanceof Error)) return new WmsError('failed', String(error).slice(0, MESSAGE_CHARACTERS))
  const name = 'code' in error ? String(error.code) : ''
  const number = 'errno' in error && typeof error.errno === 'number' ? error.errno : 0
  const code =
    CODES[name] ?? NUMBERS[number] ?? (/ssl|tls|certificate/i.test(error.message) ? 'tls' : 'failed')
  return new WmsError(code, `${name}: ${error.message}`.slice(0, MESSAGE_CHARACTERS))
}
