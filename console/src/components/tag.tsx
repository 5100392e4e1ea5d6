import type { ReactNode } from 'react'

export const TONES = ['grey', 'blue', 'indigo', 'cyan', 'green', 'gold', 'orange', 'red', 'purple'] as const
export type Tone = (typeof TONES)[number]

/** A word on a tint. Each tint keeps a contrast of 4.5 to 1 or more to its text, which the library's own tags do not. */
export function Tag({ tone = 'grey', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`tag tag-${tone}`}>{children}</span>
}
