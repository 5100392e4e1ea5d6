export type FormParams = ReadonlyMap<string, string>

/** Reads a form body; null when it is broken or names something twice. */
export function readForm(body: Buffer): FormParams | null {
  const params = new Map<string, string>()
  try {
    for (const pair of body.toString('utf8').split('&')) {
      const at = pair.indexOf('=')
      if (at === -1) return null
      const name = decoded(pair.slice(0, at))
      if (params.has(name)) return null
      params.set(name, decoded(pair.slice(at + 1)))
    }
  } catch {
    return null // a broken escape
  }
  return params
}

function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', '%20'))
}

/** −1 for what is no whole number. */
export function wholeNumber(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : -1
}
