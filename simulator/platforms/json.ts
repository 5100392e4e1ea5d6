/** JSON whose bigints are numbers with all their digits, as platforms write their ids. */
export function writeJson(value: unknown): string {
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value)) return `[${value.map((entry) => writeJson(entry)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${writeJson(member)}`).join(',')}}`
}

/** An id as a JSON number where it can be one. */
export function numberOf(id: string): bigint | string {
  return /^(0|[1-9]\d{0,18})$/.test(id) ? BigInt(id) : id
}
