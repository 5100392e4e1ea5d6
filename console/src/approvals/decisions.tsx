import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useMemo, useRef, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { newIdempotencyKey } from '../api/idempotency.ts'
import type { Problem } from '../api/problem.ts'
import { toast } from '../components/toast.ts'
import { pickText } from '../format/bilingual.ts'
import { DecisionQueue, type DecisionSender, type PendingDecision } from './decision-queue.ts'

/** Long enough to read why. */
const REFUSED_SECONDS = 6

const Queue = createContext<DecisionQueue | null>(null)

const send: DecisionSender = (pending) => {
  const { changeId, decision, note, requestVersion, stepNumber, orderVersion, idempotencyKey } = pending
  return client.POST('/v1/change-requests/{changeId}/decisions', {
    params: { path: { changeId }, header: { 'Idempotency-Key': idempotencyKey } },
    body: { decision, note, requestVersion, stepNumber, orderVersion },
    keepalive: true,
  })
}

/** Makes decisions outlive the page that they were made on: one may go on to the next request while the last one still waits. */
export function Decisions({ children }: { children: ReactNode }) {
  const { t, i18n } = useTranslation()
  const queries = useQueryClient()
  const lookAgain = () => {
    void queries.invalidateQueries({ queryKey: ['get', '/v1/approval-inbox'] })
    void queries.invalidateQueries({ queryKey: ['get', '/v1/approval-inbox/counts'] })
    void queries.invalidateQueries({ queryKey: ['get', '/v1/change-requests/{changeId}'] })
    void queries.invalidateQueries({ queryKey: ['get', '/v1/change-requests'] })
  }
  const told = {
    sent: ({ changeNumber }: PendingDecision) => {
      lookAgain()
      void toast('success', t('approvals.sent', { number: changeNumber }))
    },
    refused: ({ changeNumber }: PendingDecision, problem: Problem) => {
      lookAgain()
      const reason =
        problem.decidedBy === null
          ? pickText(problem.title, i18n.language)
          : t('approvals.decidedBy', { name: problem.decidedBy })
      void toast('error', t('approvals.refused', { number: changeNumber, reason }), REFUSED_SECONDS)
    },
  }
  // The queue lives as long as the page; what it tells people follows their language.
  const latest = useRef(told)
  latest.current = told
  const queue = useMemo(
    () =>
      new DecisionQueue({
        send,
        newKey: newIdempotencyKey,
        nowMs: () => Date.now(),
        after: (ms, work) => {
          const timer = setTimeout(work, ms)
          return () => clearTimeout(timer)
        },
        onSent: (decision) => latest.current.sent(decision),
        onRefused: (decision, problem) => latest.current.refused(decision, problem),
      }),
    [],
  )
  useEffect(() => {
    const onLeave = () => queue.flush()
    window.addEventListener('pagehide', onLeave)
    return () => window.removeEventListener('pagehide', onLeave)
  }, [queue])
  return <Queue value={queue}>{children}</Queue>
}

export function useDecisionQueue(): DecisionQueue {
  const queue = use(Queue)
  if (!queue) throw new Error('decisions are made inside <Decisions>')
  return queue
}

export function usePendingDecisions(): readonly PendingDecision[] {
  const queue = useDecisionQueue()
  return useSyncExternalStore(queue.subscribe, queue.entries)
}
