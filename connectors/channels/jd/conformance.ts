import { z } from 'zod'
import type { ConformanceCheck, ConformanceVector } from '../../conformance.ts'
import { signJos } from './sign.ts'

const secretOf = ({ secret }: ConformanceVector): string =>
  z
    .union([
      z.string(),
      z.looseObject({ app_secret: z.string() }).transform((parts) => parts.app_secret),
      z.looseObject({ appSecret: z.string() }).transform((parts) => parts.appSecret),
      z.looseObject({ secret: z.string() }).transform((parts) => parts.secret),
    ])
    .parse(secret)

/** The parameters, in `input.params` or in `input` itself; objects are sent as their JSON. */
const requestSign: ConformanceCheck = (vector) => {
  const params = z.record(z.string(), z.unknown()).safeParse(vector.input.params).data ?? vector.input
  const texts = Object.entries(params)
    .filter(([name]) => name !== 'base_string')
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
  return signJos(Object.fromEntries(texts), secretOf(vector))
}

/** Signatures of JOS calls. */
export const JD_CHECKS: Readonly<Record<string, ConformanceCheck>> = {
  'jd-jos/request-sign': requestSign,
  'jd/request-sign': requestSign,
}
