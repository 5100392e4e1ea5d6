import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import type { SnoozeBody, WorkItemDetail } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { ReasonForm } from '../components/reason-form.tsx'
import { Section } from '../components/section.tsx'
import { isOffered } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { PersonSelect } from './person-select.tsx'
import { ReleaseForm } from './release-form.tsx'
import { SnoozeForm } from './snooze-form.tsx'
import { StockWaitForm } from './stock-wait-form.tsx'

type Props = { item: WorkItemDetail; onChanged: () => void }

/** What can be done with a work item, as the API says of it and as this person's role allows. */
export function WorkItemActions({ item, onChanged }: Props) {
  const { t } = useTranslation()
  const { role } = usePerson()
  const settled = useSettled(onChanged)
  const { actions, orderId, stockWait } = item
  if (actions.length === 0) return null
  const canTry = actions.includes('replay') && isOffered('replayWorkItems', role)
  const canApprove = actions.includes('approve') && isOffered('approveWorkItems', role)
  return (
    <Section title={t('workItems.actions')}>
      {actions.includes('assign') && <AssignForm item={item} onChanged={settled} />}
      {actions.includes('snooze') && <Snooze item={item} onChanged={settled} />}
      {(canTry || canApprove) && <Decisions item={item} canTry={canTry} onChanged={settled} />}
      {actions.includes('decide') && stockWait !== null && isOffered('settleStockWait', role) && (
        <StockWaitForm wait={stockWait} onDone={settled} />
      )}
      {actions.includes('release') && orderId !== null && <ReleaseForm orderId={orderId} onDone={settled} />}
      {actions.includes('resolve') && <ResolveForm item={item} onChanged={settled} />}
    </Section>
  )
}

/** The lists are looked at again, too: what was settled leaves them. */
function useSettled(onChanged: () => void): () => void {
  const queries = useQueryClient()
  return () => {
    void queries.invalidateQueries({ queryKey: ['get', '/v1/work-items'] })
    void queries.invalidateQueries({ queryKey: ['get', '/v1/work-items/counts'] })
    onChanged()
  }
}

function AssignForm({ item: { workItemId, owner }, onChanged }: Props) {
  const { t } = useTranslation()
  const { userName } = usePerson()
  const [chosen, setChosen] = useState<string | null>(null)
  const assign = useMutation({
    mutationFn: (to: string) =>
      client.POST('/v1/work-items/{workItemId}/assign', {
        params: { path: { workItemId } },
        body: { owner: to },
      }),
    onSuccess: () => {
      setChosen(null)
      onChanged()
    },
  })
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen !== null) assign.mutate(chosen)
      }}
    >
      <Space wrap>
        <PersonSelect workItemId={workItemId} value={chosen} onChange={setChosen} />
        <Button htmlType="submit" loading={assign.isPending} disabled={chosen === null}>
          {t('workItems.assign')}
        </Button>
        {owner !== userName && (
          <Button type="primary" loading={assign.isPending} onClick={() => assign.mutate(userName)}>
            {t('workItems.take')}
          </Button>
        )}
      </Space>
      {assign.error && <ProblemText error={assign.error} />}
    </form>
  )
}

function Snooze({ item: { workItemId, actions }, onChanged }: Props) {
  const { t } = useTranslation()
  const path = { workItemId }
  const snooze = useMutation({
    mutationFn: (body: SnoozeBody) =>
      client.POST('/v1/work-items/{workItemId}/snooze', { params: { path }, body }),
    onSuccess: onChanged,
  })
  return (
    <>
      <SnoozeForm isPending={snooze.isPending} onSnooze={snooze.mutate} />
      {actions.includes('wake') && (
        <ActionButton
          label={t('workItems.wake')}
          act={() => client.DELETE('/v1/work-items/{workItemId}/snooze', { params: { path } })}
          onDone={onChanged}
        />
      )}
      {snooze.error && <ProblemText error={snooze.error} />}
    </>
  )
}

const PATHS = {
  replay: '/v1/work-items/{workItemId}/replay',
  approve: '/v1/work-items/{workItemId}/approve',
  dismiss: '/v1/work-items/{workItemId}/dismiss',
} as const

function Decisions({ item: { workItemId }, canTry, onChanged }: Props & { canTry: boolean }) {
  const { t } = useTranslation()
  const act = useMutation({
    mutationFn: (action: keyof typeof PATHS) =>
      client.POST(PATHS[action], { params: { path: { workItemId } } }),
    onSuccess: onChanged,
  })
  const actions = canTry ? (['replay'] as const) : (['approve', 'dismiss'] as const)
  return (
    <div className="field">
      <Space wrap>
        {actions.map((action) => (
          <Button key={action} loading={act.isPending} onClick={() => act.mutate(action)}>
            {t(`workItemAction.${action}`)}
          </Button>
        ))}
      </Space>
      {act.isSuccess && <span role="status">{t('workItems.done')}</span>}
      {act.error && <ProblemText error={act.error} />}
    </div>
  )
}

function ResolveForm({ item: { workItemId }, onChanged }: Props) {
  const { t } = useTranslation()
  const resolve = useMutation({
    mutationFn: (resolution: string) =>
      client.POST('/v1/work-items/{workItemId}/resolve', {
        params: { path: { workItemId } },
        body: { resolution },
      }),
    onSuccess: onChanged,
  })
  return (
    <ReasonForm
      label={t('workItems.resolution')}
      hint={t('workItems.resolutionHint')}
      button={t('workItems.resolve')}
      isPending={resolve.isPending}
      error={resolve.error}
      onSubmit={resolve.mutate}
    />
  )
}
