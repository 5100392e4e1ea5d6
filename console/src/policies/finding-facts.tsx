import { lazy, Suspense } from 'react'
import type { Finding } from './finding-words.tsx'

/** Brings the names of all policies along: few orders are held. */
const FindingWords = lazy(async () => ({ default: (await import('./finding-words.tsx')).FindingWords }))

/** What a rule about abnormal orders found, as soon as its words are fetched. */
export function FindingFacts({ finding }: { finding: Finding }) {
  return (
    <Suspense fallback={null}>
      <FindingWords finding={finding} />
    </Suspense>
  )
}
