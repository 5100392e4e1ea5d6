import { type ReactNode, Suspense, useState } from 'react'
import { Loading } from './states.tsx'
import type { Selection } from './use-selection.ts'

/**
 * Where a list's bar for what is ticked stands. It is fetched with the first tick, and stays from then on: what it is doing goes on when
 * the ticks are taken away.
 */
export function BulkSlot<Row>({
  selection: { selected },
  children,
}: {
  selection: Selection<Row>
  children: ReactNode
}) {
  const [isUsed, setUsed] = useState(false)
  if (selected.size > 0 && !isUsed) setUsed(true)
  return isUsed && <Suspense fallback={<Loading />}>{children}</Suspense>
}
