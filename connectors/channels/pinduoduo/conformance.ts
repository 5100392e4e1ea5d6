import { z } from 'zod'
import { answerFor, readerOf, secretOf } from '../../conformance-input.ts'
import type { ConformanceCheck, ConformanceVector } from '../../conformance-vector.ts'
import { MESSAGES_URL } from './listen.ts'
import { messageDigest, messagePath, signPop } from './sign.ts'

const clientSecretOf = (vector: ConformanceVector) =>
  secretOf(vector, 'client_secret', 'app_secret', 'secret')

/** Of a call the type is among the parameters; without one it is the path of a connection that is asked for. */
const requestSign: ConformanceCheck = (vector) => {
  const params = z.record(z.string(), z.unknown()).safeParse(vector.input.params).data ?? vector.input
  const { base_string: _, ...given } = params
  return 'type' in given ? signPop(given, clientSecretOf(vector)) : connection(vector)
}

/** The whole address, its path, or only what is computed, plain or as it stands in the path: whatever is expected. */
const connection: ConformanceCheck = (vector) => {
  const { read } = readerOf(vector)
  const clientId = read('client_id', 'app_key')
  const ms = read('ms', 'millis', 'milliseconds', 'timestamp_ms', 'timestamp', 'time')
  const path = messagePath(clientId, ms, clientSecretOf(vector))
  const digest = messageDigest(clientId, ms, clientSecretOf(vector))
  const forms = { path, url: MESSAGES_URL + path, digest, sign: digest, encoded: encodeURIComponent(digest) }
  return answerFor(vector, forms, formOf(vector.expected))
}

function formOf(expected: unknown): 'url' | 'path' | 'encoded' | 'digest' {
  const text = String(expected)
  if (text.includes('://')) return 'url'
  if (text.startsWith('/')) return 'path'
  return text.includes('%') ? 'encoded' : 'digest'
}

/** Signatures of POP calls; whatever else is asked about is the path of message connections. */
export const PINDUODUO_CHECKS: Readonly<Record<string, ConformanceCheck>> = {
  'pdd/request-sign': requestSign,
  'pdd/message-path': connection,
  'pdd/*': connection,
}
