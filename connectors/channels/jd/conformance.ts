import { z } from 'zod'
import { secretOf } from '../../conformance-input.ts'
import type { ConformanceCheck } from '../../conformance-vector.ts'
import { signJos } from './sign.ts'

/** The parameters, in `input.params` or in `input` itself; objects are sent as their JSON. */
const requestSign: ConformanceCheck = (vector) => {
  const params = z.record(z.string(), z.unknown()).safeParse(vector.input.params).data ?? vector.input
  const texts = Object.entries(params)
    .filter(([name]) => name !== 'base_string')
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
  return signJos(Object.fromEntries(texts), secretOf(vector, 'app_secret', 'secret'))
}

/** Signatures of JOS calls. */
export const JD_CHECKS: Readonly<Record<string, ConformanceCheck>> = {
  'jd-jos/request-sign': requestSign,
  'jd/request-sign': requestSign,
}
