import { z } from 'zod'
import type { ConformanceVector } from './conformance.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)

/** The parameters, in `input.params` or in `input` itself; what is no scalar there is no parameter. */
export function paramsOf({ input }: ConformanceVector): Record<string, string> {
  const params = z.record(z.string(), z.unknown()).safeParse(input.params).data ?? input
  const isParam = (name: string) => name !== 'base_string' && name !== 'secret'
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => {
      const parsed = scalar.safeParse(value)
      return parsed.success && isParam(name) ? [[name, parsed.data]] : []
    }),
  )
}
