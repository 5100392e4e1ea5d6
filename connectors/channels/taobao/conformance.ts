import { z } from 'zod'
import { paramsOf } from '../../conformance-input.ts'
import type { ConformanceCheck, ConformanceVector } from '../../conformance-vector.ts'
import { type SignMethod, signHandshake, signTop } from './sign.ts'

const secret = z.union([
  z.string(),
  z.object({ hex: z.string() }).transform(({ hex }) => Buffer.from(hex, 'hex')),
  z.object({ base64: z.string() }).transform(({ base64 }) => Buffer.from(base64, 'base64')),
])
/** By `sign_method`, which is a parameter of real calls, or by the vector's description of the algorithm. */
function methodOf({ algorithm, input }: ConformanceVector, params: Record<string, string>): SignMethod {
  const words = params.sign_method ?? z.string().safeParse(input.sign_method).data ?? algorithm
  if (/hmac[-_ ]?sha[-_ ]?256/i.test(words)) return 'hmac-sha256'
  return /hmac/i.test(words) ? 'hmac' : 'md5'
}

const requestSign: ConformanceCheck = (vector) => {
  const params = paramsOf(vector)
  return signTop(params, secret.parse(vector.secret), methodOf(vector, params))
}

const handshake: ConformanceCheck = (vector) => {
  const params = paramsOf(vector)
  const read = (...names: string[]) => z.string().parse(names.map((name) => params[name]).find(Boolean))
  return signHandshake(
    {
      appKey: read('app_key', 'appKey', 'app-key'),
      groupName: read('group_name', 'groupName', 'group'),
      timestamp: read('timestamp', 'ms'),
    },
    secret.parse(vector.secret),
  )
}

/** Signatures of TOP calls and of TMC's first message. */
export const TAOBAO_CHECKS: Readonly<Record<string, ConformanceCheck>> = {
  'taobao-top/request-sign': requestSign,
  'taobao-top/tmc-handshake': handshake,
  'taobao-top/handshake-sign': handshake,
  'taobao-top/handshake': handshake,
  'taobao-tmc/handshake': handshake,
  'taobao-tmc/handshake-sign': handshake,
  'taobao-tmc/connect-sign': handshake,
  'taobao-tmc/request-sign': handshake,
}
