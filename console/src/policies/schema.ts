import type { Vocabulary } from '../../../domain/conditions.ts'
import type { Bilingual } from '../format/bilingual.ts'

/**
 * What a form needs to know of a JSON Schema, read from what the API says of a kind of policy. Made for the features that the kinds
 * have; whatever else comes is edited as JSON. The hub itself checks what is sent: a form only keeps people from what cannot be.
 */
export type Field = { fallback: unknown } & (
  | { kind: 'object'; parts: readonly Part[] }
  | { kind: 'record'; value: Field }
  | { kind: 'list'; item: Field; most: number | null }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'constant'; value: unknown }
  | { kind: 'number'; isWhole: boolean; minimum: number | null; maximum: number | null }
  | { kind: 'text'; maxCharacters: number | null; pattern: string | null }
  | { kind: 'flag' }
  | { kind: 'nullable'; field: Field }
  | { kind: 'either'; options: readonly Field[] }
  | { kind: 'condition'; facts: DescribedFacts }
  | { kind: 'json' }
)
export type Part = { name: string; field: Field; isRequired: boolean }
export type FieldOf<Kind extends Field['kind']> = Extract<Field, { kind: Kind }>
/** The facts that a condition may ask for, with what people call them. */
export type DescribedFacts = { vocabulary: Vocabulary; titles: Readonly<Record<string, Bilingual>> }

type Json = Readonly<Record<string, unknown>>
export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Integers without a limit are written with the largest that there are: nobody needs to be told. */
const limit = (value: unknown): number | null =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

/** Reads a schema, and those within it. */
export function readSchema(schema: unknown): Field {
  const given = isRecord(schema) ? schema : {}
  return { ...shapeOf(given), fallback: given.default }
}

function shapeOf(given: Json): Field {
  const fallback = given.default
  if (isRecord(given['x-facts'])) return { kind: 'condition', facts: factsOf(given), fallback }
  const union = given.anyOf ?? given.oneOf
  if (Array.isArray(union)) return { ...unionOf(union), fallback }
  if (given.const !== undefined) return { kind: 'constant', value: given.const, fallback }
  if (Array.isArray(given.enum)) return { kind: 'choice', values: given.enum.map(String), fallback }
  switch (given.type) {
    case 'object':
      return { ...objectOf(given), fallback }
    case 'array':
      return { kind: 'list', item: readSchema(given.items), most: limit(given.maxItems), fallback }
    case 'boolean':
      return { kind: 'flag', fallback }
    case 'integer':
    case 'number': {
      const minimum = limit(given.minimum ?? given.exclusiveMinimum)
      const isWhole = given.type === 'integer'
      return { kind: 'number', isWhole, minimum, maximum: limit(given.maximum), fallback }
    }
    case 'string': {
      const pattern = typeof given.pattern === 'string' ? given.pattern : null
      return { kind: 'text', maxCharacters: limit(given.maxLength), pattern, fallback }
    }
    default:
      return { kind: 'json', fallback }
  }
}

function objectOf(given: Json): Field {
  if (!isRecord(given.properties))
    return { kind: 'record', value: readSchema(given.additionalProperties), fallback: undefined }
  const required = new Set(listOf(given.required))
  const parts = Object.entries(given.properties).map(([name, part]) => ({
    name,
    field: readSchema(part),
    isRequired: required.has(name),
  }))
  return { kind: 'object', parts, fallback: undefined }
}

/** A choice between shapes; one of them being null, a shape that may be left out. */
function unionOf(union: unknown[]): Field {
  const isNull = (option: unknown) => isRecord(option) && option.type === 'null'
  const options = union
    .filter((option) => !isNull(option))
    .map(readSchema)
    .flatMap((option) => (option.kind === 'either' ? option.options : [option]))
  const [first] = options
  const shape: Field =
    options.length === 1 && first ? first : { kind: 'either', options, fallback: undefined }
  return union.some(isNull) ? { kind: 'nullable', field: shape, fallback: undefined } : shape
}

function factsOf(given: Json): DescribedFacts {
  return {
    vocabulary: given['x-facts'] as Vocabulary, // as contracts/policies/rules.ts wrote it
    titles: (given['x-fact-titles'] ?? {}) as DescribedFacts['titles'], // likewise
  }
}

/** The facts that conditions somewhere in a document may ask for: of one kind of policy, all ask for the same. Null: it has none. */
export function factsIn(field: Field): DescribedFacts | null {
  if (field.kind === 'condition') return field.facts
  for (const inner of fieldsIn(field)) {
    const facts = factsIn(inner)
    if (facts !== null) return facts
  }
  return null
}

function fieldsIn(field: Field): readonly Field[] {
  switch (field.kind) {
    case 'object':
      return field.parts.map((part) => part.field)
    case 'record':
      return [field.value]
    case 'list':
      return [field.item]
    case 'nullable':
      return [field.field]
    case 'either':
      return field.options
    default:
      return []
  }
}

/** What a field that was just added has in it. */
export function emptyOf(field: Field): unknown {
  if (field.fallback !== undefined) return field.fallback
  switch (field.kind) {
    case 'object': {
      const needed = field.parts.filter(
        ({ isRequired, field: part }) => isRequired || part.fallback !== undefined,
      )
      return Object.fromEntries(needed.map(({ name, field: part }) => [name, emptyOf(part)]))
    }
    case 'record':
      return {}
    case 'list':
      return []
    case 'choice':
      return field.values[0]
    case 'constant':
      return field.value
    case 'number':
      return Math.max(0, field.minimum ?? 0)
    case 'text':
      return ''
    case 'flag':
      return false
    case 'either':
      return field.options[0] ? emptyOf(field.options[0]) : null
    case 'condition':
      return true
    default:
      return null
  }
}

/** Which of several shapes a value has: the first that it could be; -1: none. */
export function optionOf(options: readonly Field[], value: unknown): number {
  return options.findIndex((option) => fits(option, value))
}

function fits(field: Field, value: unknown): boolean {
  switch (field.kind) {
    case 'object':
      return isRecord(value) && fitsParts(field.parts, value)
    case 'record':
      return isRecord(value)
    case 'list':
      return Array.isArray(value)
    case 'choice':
      return field.values.includes(String(value))
    case 'constant':
      return field.value === value
    case 'number':
      return typeof value === 'number'
    case 'text':
      return typeof value === 'string'
    case 'flag':
      return typeof value === 'boolean'
    case 'nullable':
      return value === null || fits(field.field, value)
    case 'either':
      return optionOf(field.options, value) !== -1
    default:
      return true
  }
}

/** By what tells shapes apart: the parts that they have, and those that are always the same or one of a few. */
function fitsParts(parts: readonly Part[], value: Json): boolean {
  const names = new Set(parts.map(({ name }) => name))
  if (Object.keys(value).some((name) => !names.has(name))) return false
  return parts.every(({ name, field, isRequired }) => {
    if (!(name in value)) return !isRequired
    return field.kind === 'constant' || field.kind === 'choice' ? fits(field, value[name]) : true
  })
}

/** Of a choice that tells an option apart; more of them are a choice within it. */
const MOST_NAMED = 3

/** What an option of a union is called by: its constants (`reduce · sales`), or else the names of its parts. */
export function wordsOf(option: Field): string[] {
  if (option.kind === 'choice') return [...option.values]
  if (option.kind !== 'object') return [option.kind]
  const constants = option.parts.flatMap(({ field }) =>
    field.kind === 'constant' ? [String(field.value)] : [],
  )
  if (constants.length > 0) return constants
  const [first] = option.parts
  if (first?.field.kind === 'choice' && first.field.values.length <= MOST_NAMED)
    return [...first.field.values]
  return option.parts.map(({ name }) => name)
}
