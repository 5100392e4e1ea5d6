const BEIJING_MS = 8 * 3_600_000

/** ms since the epoch as `2026-11-11 00:00:01` of Beijing. */
export function beijing(ms: number): string {
  return new Date(ms + BEIJING_MS).toISOString().slice(0, 19).replace('T', ' ')
}

/** `2026-11-11 00:00:01` of Beijing in ms since the epoch; NaN for anything else. */
export function msOfBeijing(text: string): number {
  return /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)
    ? Date.parse(`${text.replace(' ', 'T')}Z`) - BEIJING_MS
    : Number.NaN
}

/** 20007 cents → `"200.07"`. */
export function yuan(cents: number): string {
  return (cents / 100).toFixed(2)
}
