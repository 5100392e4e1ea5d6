import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Button, Input, Space } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { Subscription } from '../api/types.ts'
import { ActionButton } from '../components/action-button.tsx'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'

type Props = { subscription: Subscription; onChanged: () => void }

/** Stopping and going on, trying it, sending a time once more, and the end of it. */
export function SubscriptionActions({ subscription: { subscriptionId, state }, onChanged }: Props) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const path = { subscriptionId }
  const log = ['get', '/v1/subscriptions/{subscriptionId}/deliveries']
  const lookAtLog = () => void queries.invalidateQueries({ queryKey: log })
  return (
    <Section title={t('subscriptions.actions')}>
      <Space wrap align="start">
        {state === 'active' ? (
          <>
            <ActionButton
              label={t('subscriptions.test')}
              act={(header) =>
                client.POST('/v1/subscriptions/{subscriptionId}/test', { params: { path, header } })
              }
              onDone={lookAtLog}
            />
            <ActionButton
              key="pause"
              label={t('subscriptions.pause')}
              act={() => client.POST('/v1/subscriptions/{subscriptionId}/pause', { params: { path } })}
              onDone={onChanged}
            />
          </>
        ) : (
          <ActionButton
            key="resume"
            type="primary"
            label={t('subscriptions.resume')}
            act={() => client.POST('/v1/subscriptions/{subscriptionId}/resume', { params: { path } })}
            onDone={onChanged}
          />
        )}
        <ActionButton
          danger
          label={t('subscriptions.delete')}
          confirm={t('subscriptions.deleteHint')}
          act={() => client.DELETE('/v1/subscriptions/{subscriptionId}', { params: { path } })}
          onDone={onChanged}
        />
      </Space>
      <ReplayForm subscriptionId={subscriptionId} onDone={lookAtLog} />
    </Section>
  )
}

/** Sends everything of a time once more, under the numbers that it had. */
function ReplayForm({ subscriptionId, onDone }: { subscriptionId: string; onDone: () => void }) {
  const { t } = useTranslation()
  const id = useId()
  const [period, setPeriod] = useState({ from: '', to: '' })
  const once = useOperation()
  const replay = useMutation({
    mutationFn: () => {
      const body = { from: new Date(period.from).toISOString(), to: new Date(period.to).toISOString() }
      return once(body, (header) => {
        const params = { path: { subscriptionId }, header }
        return client.POST('/v1/subscriptions/{subscriptionId}/replays', { params, body })
      })
    },
    onSuccess: onDone,
  })
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault()
        replay.mutate()
      }}
    >
      <span>{t('subscriptions.replayPeriod')}</span>
      <Space wrap>
        {(['from', 'to'] as const).map((end) => (
          <span key={end}>
            <label htmlFor={`${id}-${end}`} className="unseen">
              {t(`orders.${end}`)}
            </label>
            <Input
              id={`${id}-${end}`}
              type="datetime-local"
              value={period[end]}
              onChange={({ target }) => setPeriod({ ...period, [end]: target.value })}
            />
          </span>
        ))}
        <Button
          htmlType="submit"
          disabled={period.from === '' || period.to === ''}
          loading={replay.isPending}
        >
          {t('subscriptions.replay')}
        </Button>
      </Space>
      {replay.isSuccess && (
        <span role="status" className="quiet">
          {t('subscriptions.replayBegun')}
        </span>
      )}
      {replay.error && <ProblemText error={replay.error} />}
    </form>
  )
}
