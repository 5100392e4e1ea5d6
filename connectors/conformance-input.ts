import { z } from 'zod'
import type { ConformanceVector } from './conformance-vector.ts'

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

/**
 * What a vector says under one of several names, in its input, its parameters, its headers or its secret. `encodingAESKey` is
 * `encoding_aes_key`, too.
 */
export function readerOf({ input, secret }: ConformanceVector) {
  const found = new Map<string, string>()
  for (const part of [input, input.params, input.headers, secret]) {
    for (const [name, value] of Object.entries(record.safeParse(part).data ?? {})) {
      const text = scalar.safeParse(value)
      if (text.success && !found.has(plain(name))) found.set(plain(name), text.data)
    }
  }
  const find = (...names: string[]) =>
    names.map((name) => found.get(plain(name))).find((text) => text !== undefined)
  const read = (...names: string[]) => {
    const text = find(...names)
    if (text === undefined) throw new Error(`the vector does not say ${names.join(' or ')}`)
    return text
  }
  return { find, read }
}

const record = z.record(z.string(), z.unknown())

/** Texts by name, of a member of the input that is an object of them; nothing where it is none. */
export function textsOf(value: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries(record.safeParse(value).data ?? {}).flatMap(([name, part]) => {
      const text = scalar.safeParse(part)
      return text.success ? [[name, text.data]] : []
    }),
  )
}

/** A secret that is a text, or the text in it that has one of these names. */
export function secretOf(vector: ConformanceVector, ...names: string[]): string {
  return typeof vector.secret === 'string' ? vector.secret : readerOf(vector).read(...names)
}

/**
 * The answer in the form in which it is expected: the one text, or each part under the name that the vector gives it. Time and
 * nonce, which some answers repeat, are those of the input.
 */
export function answerFor(vector: ConformanceVector, parts: Record<string, string>, main: string): unknown {
  const { expected } = vector
  if (typeof expected !== 'object' || expected === null) return parts[main]
  const { find } = readerOf(vector)
  const known = new Map(Object.entries(parts).map(([name, text]) => [plain(name), text]))
  return Object.fromEntries(Object.keys(expected).map((name) => [name, known.get(plain(name)) ?? find(name)]))
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[-_ ]/g, '')
}
