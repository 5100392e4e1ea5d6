import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Alert, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { PickTask } from '../api/types.ts'
import { PageHead } from '../components/page-head.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Failure, Loading, NothingHere } from '../components/states.tsx'
import { useErrands } from '../device/use-device.ts'
import { PackingForm } from './packing-form.tsx'
import { isComplete, isEmpty, type Pick, type ScanResult } from './pick.ts'
import { PickLines } from './pick-lines.tsx'
import { ScanField } from './scan-field.tsx'
import { ScanNotice } from './scan-notice.tsx'
import { playSound } from './sounds.ts'
import { usePick } from './use-pick.ts'
import { useScanner } from './use-scanner.ts'

const route = getRouteApi('/shell/device/picking/$orderId/$pickTaskId')
const LOOK_EVERY_MS = 15_000

/** One pick task, scan by scan. */
export function PickTaskPage() {
  const { t } = useTranslation()
  const { orderId, pickTaskId } = route.useParams()
  const queries = useQueryClient()
  const query = api.useQuery(
    'get',
    '/v1/pick-tasks',
    { params: { query: { orderId, state: 'open' } } },
    { refetchInterval: LOOK_EVERY_MS },
  )
  const present = query.data?.items.find((task) => task.pickTaskId === pickTaskId)
  // The list that one came by has it, too: the network may have gone in between.
  const [known, setKnown] = useState<PickTask | null>(() => findKnown(queries, pickTaskId))
  if (present && present !== known) setKnown(present)
  const task = present ?? known
  return (
    <>
      <Link to="/picking" className="back-link">
        ← {t('approvals.backToList')}
      </Link>
      <PageHead title={t('picking.task', { id: orderId.slice(-12) })} />
      {task === null && query.isPending && <Loading />}
      {task === null && query.isError && <Failure error={query.error} onRetry={() => void query.refetch()} />}
      {task === null && query.isSuccess && (
        <NothingHere title={t('picking.over')} hint={t('picking.overHint')} />
      )}
      {task !== null && (
        <Work key={pickTaskId} task={task} isOver={query.isSuccess && present === undefined} />
      )}
    </>
  )
}

function findKnown(queries: QueryClient, pickTaskId: string): PickTask | null {
  const lists = queries.getQueriesData<{ items: PickTask[] }>({ queryKey: ['get', '/v1/pick-tasks'] })
  for (const [, list] of lists) {
    const task = list?.items.find((each) => each.pickTaskId === pickTaskId)
    if (task) return task
  }
  return null
}

function Work({ task, isOver }: { task: PickTask; isOver: boolean }) {
  const { t } = useTranslation()
  const work = usePick(task)
  const errands = useErrands(task.pickTaskId)
  const [last, setLast] = useState<ScanResult | null>(null)
  const { pick } = work
  const onCode = async (code: string) => {
    const result = await work.scan(code)
    if (result === null) return
    playSound(result.kind === 'counted' ? 'right' : 'wrong')
    setLast(result)
  }
  useScanner((code) => {
    if (pick?.step === 'picking') void onCode(code)
  })
  if (work.error !== null) return <ProblemText error={work.error} />
  if (pick === null) return <Loading />
  const isDone = pick.step === 'packed' && errands.length === 0
  if (isDone || (isOver && errands.length === 0)) {
    return <NothingHere title={t(isDone ? 'picking.done' : 'picking.over')} hint={t('picking.overHint')} />
  }
  const isRefused = errands.some(({ state }) => state === 'refused')
  return (
    <div className="pick">
      {task.onHoldFor !== null && (
        <Alert type="warning" showIcon role="alert" title={t('order.heldForChange')} />
      )}
      {task.combinedId !== null && <Alert type="info" showIcon title={t('picking.combined')} />}
      {last !== null && pick.step === 'picking' && <LastScan result={last} />}
      <PickLines
        pick={pick}
        onMissing={(lineNumber) => {
          setLast(null)
          void work.missing(lineNumber)
        }}
      />
      <Next pick={pick} isRefused={isRefused} work={work} onCode={onCode} />
      {isRefused && <Button onClick={() => void work.forget()}>{t('picking.forget')}</Button>}
    </div>
  )
}

function LastScan({ result }: { result: ScanResult }) {
  const { t } = useTranslation()
  if (result.kind === 'wrong')
    return <ScanNotice tone="wrong">{t('picking.wrong', { code: result.code })}</ScanNotice>
  if (result.kind === 'enough')
    return <ScanNotice tone="wrong">{t('picking.enough', { code: result.code })}</ScanNotice>
  const { skuId, picked, quantity, missing } = result.line
  return (
    <ScanNotice tone="right">
      {t('picking.counted', { sku: skuId, count: picked, total: quantity - missing })}
    </ScanNotice>
  )
}

/** The one thing to do next. */
function Next({
  pick,
  isRefused,
  work,
  onCode,
}: {
  pick: Pick
  isRefused: boolean
  work: ReturnType<typeof usePick>
  onCode: (code: string) => Promise<void>
}) {
  const { t } = useTranslation()
  if (pick.step === 'picking' && isComplete(pick)) {
    if (isEmpty(pick)) return <p>{t('picking.nothingFound')}</p>
    return (
      <Button type="primary" size="large" block className="pick-button" onClick={() => void work.finish()}>
        {t('picking.finish')}
      </Button>
    )
  }
  if (pick.step === 'picking')
    return <ScanField label={t('picking.scanItem')} onCode={(code) => void onCode(code)} />
  if (pick.step === 'packed' && !isRefused) return <p role="status">{t('picking.packedHere')}</p>
  return <PackingForm onPack={(label) => void work.pack(label)} />
}
