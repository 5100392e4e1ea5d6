import { z } from 'zod'
import type { ConformanceCheck, ConformanceVector } from '../../conformance.ts'
import { MESSAGES_URL } from './listen.ts'
import { messageDigest, messagePath, signPop } from './sign.ts'

const secretOf = ({ secret }: ConformanceVector): string =>
  z
    .union([
      z.string(),
      z.looseObject({ client_secret: z.string() }).transform((parts) => parts.client_secret),
      z.looseObject({ clientSecret: z.string() }).transform((parts) => parts.clientSecret),
      z.looseObject({ secret: z.string() }).transform((parts) => parts.secret),
    ])
    .parse(secret)

/** The parameters, in `input.params` or in `input` itself. */
function paramsOf({ input }: ConformanceVector): Record<string, unknown> {
  const params = z.record(z.string(), z.unknown()).safeParse(input.params).data ?? input
  const { base_string: _, ...given } = params
  return given
}

function named(params: Record<string, unknown>, names: string[]): string {
  const value = names.map((name) => params[name]).find((found) => found !== undefined)
  return z.union([z.string(), z.number()]).transform(String).parse(value)
}

/** The whole address, its path, or only what is computed, plain or as it stands in the path: whatever is expected. */
const connection: ConformanceCheck = (vector) => {
  const params = paramsOf(vector)
  const clientId = named(params, ['client_id', 'clientId', 'clientid'])
  const ms = named(params, ['ms', 'millis', 'milliseconds', 'timestamp_ms', 'timestamp', 'time', 't'])
  const path = messagePath(clientId, ms, secretOf(vector))
  const digest = messageDigest(clientId, ms, secretOf(vector))
  const { expected } = vector
  if (typeof expected !== 'string') return { path, digest, sign: digest, url: MESSAGES_URL + path }
  if (expected.includes('://')) return MESSAGES_URL + path
  if (expected.startsWith('/')) return path
  return expected.includes('%') ? encodeURIComponent(digest) : digest
}

const KINDS_OF_CONNECTIONS = ['message', 'push', 'ws', 'websocket'].flatMap((subject) =>
  ['path', 'sign', 'digest', 'url', 'handshake', 'path-sign'].map((what) => `${subject}-${what}`),
)

/** Signatures of POP calls and the paths of message connections. */
export const PINDUODUO_CHECKS: Readonly<Record<string, ConformanceCheck>> = Object.fromEntries(
  ['pdd', 'pinduoduo'].flatMap((system) => [
    [`${system}/request-sign`, (vector: ConformanceVector) => signPop(paramsOf(vector), secretOf(vector))],
    ...KINDS_OF_CONNECTIONS.map((kind) => [`${system}/${kind}`, connection]),
  ]),
)
