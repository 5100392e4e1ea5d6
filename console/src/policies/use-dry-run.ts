import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { client } from '../api/client.ts'
import { problemOf } from '../api/problem.ts'
import type { DryRunReport, PolicyKind } from '../api/types.ts'

/** So many that fared otherwise are kept: whoever sees more of them does not read them. */
const MOST_KEPT = 200

export type DryRun = {
  report: DryRunReport | null
  error: unknown
  isRunning: boolean
  start: (days: number) => void
  stop: () => void
}

/** Asks page by page what would have been otherwise, until everything was examined or somebody has seen enough. */
export function useDryRun(kind: PolicyKind, version: number): DryRun {
  const [report, setReport] = useState<DryRunReport | null>(null)
  const stopper = useRef<AbortController | null>(null)
  const run = useMutation({
    mutationFn: async (days: number) => {
      stopper.current?.abort()
      stopper.current = new AbortController()
      const { signal } = stopper.current
      setReport(null)
      let items: DryRunReport['items'] = []
      let cursor: string | null | undefined
      while (cursor !== null && !signal.aborted) {
        const body = { days, ...(cursor === undefined ? {} : { cursor }) }
        const params = { path: { kind, version } }
        const { data } = await client.POST('/v1/policies/{kind}/drafts/{version}/dry-run', {
          params,
          body,
          signal,
        })
        if (!data) return
        items = [...items, ...data.items].slice(0, MOST_KEPT)
        setReport({ ...data, items })
        cursor = data.nextCursor
      }
    },
  })
  const isStopped = run.error instanceof DOMException && run.error.name === 'AbortError'
  return {
    report,
    error: run.error === null || isStopped ? null : problemOf(run.error),
    isRunning: run.isPending,
    start: (days) => run.mutate(days),
    stop: () => stopper.current?.abort(),
  }
}
