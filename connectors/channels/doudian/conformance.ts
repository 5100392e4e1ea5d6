import { z } from 'zod'
import { paramsOf } from '../../conformance-input.ts'
import type { ConformanceCheck, ConformanceVector } from '../../conformance-vector.ts'
import { signEvent, signRequest } from './sign.ts'

const requestSign: ConformanceCheck = (vector) => {
  const params = paramsOf(vector)
  // Only the parameter chooses; the algorithm's text names MD5 nowhere but for it.
  const isMd5 = params.sign_method === 'md5' || (params.sign_method === undefined && isMd5Text(vector))
  return signRequest(params, z.string().parse(vector.secret), isMd5 ? 'md5' : 'hmac-sha256')
}

function isMd5Text({ algorithm }: ConformanceVector): boolean {
  return /md5/i.test(algorithm) && !/hmac/i.test(algorithm)
}

const pushSign: ConformanceCheck = ({ input, secret }) => {
  const appKey = z.string().parse(input['app-id'] ?? input.app_key ?? input.app_id)
  return signEvent(appKey, z.string().parse(input.body), z.string().parse(secret))
}

/** Signatures of calls, and of pushes. */
export const DOUDIAN_CHECKS: Readonly<Record<string, ConformanceCheck>> = {
  'doudian/request-sign': requestSign,
  'doudian/push-sign': pushSign,
  'doudian/event-sign': pushSign,
}
