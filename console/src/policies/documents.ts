import { isRecord } from './schema.ts'

export type Path = readonly (string | number)[]

/** The same list with one entry replaced. */
export function replaced<Item>(items: readonly Item[], at: number, item: Item): Item[] {
  return items.map((present, index) => (index === at ? item : present))
}

/** The same list with one entry moved; moved beyond an end it stays. */
export function moved<Item>(items: readonly Item[], from: number, to: number): Item[] {
  const item = items[from]
  if (item === undefined || to < 0 || to >= items.length) return [...items]
  const rest = items.filter((_item, index) => index !== from)
  return [...rest.slice(0, to), item, ...rest.slice(to)]
}

/** One place where two documents differ; `undefined`: it is not there. */
export type Change = { path: Path; before: unknown; after: unknown }

/** Where two documents differ, in their own order; lists entry by entry. */
export function differences(before: unknown, after: unknown, path: Path = []): Change[] {
  if (isSame(before, after)) return []
  if (isRecord(before) && isRecord(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
    return names.flatMap((name) => differences(before[name], after[name], [...path, name]))
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const places = Array.from({ length: Math.max(before.length, after.length) }, (_value, index) => index)
    return places.flatMap((index) => differences(before[index], after[index], [...path, index]))
  }
  return [{ path, before, after }]
}

/** Whether two documents say the same, in whatever order their fields are written. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]))
  if (isRecord(one) && isRecord(other)) {
    const names = Object.keys(one)
    return (
      names.length === Object.keys(other).length &&
      names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]))
    )
  }
  return one === other
}
