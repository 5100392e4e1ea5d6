import { useMutation } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Alert, Button, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChangeType } from '../../../domain/change.ts'
import { client } from '../api/client.ts'
import { useOperation } from '../api/operation.ts'
import type { ChangeDetail, OrderDetail, SubmitChangeBody } from '../api/types.ts'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { useSettled } from '../components/use-settled.ts'
import { AttachmentsField, NOTHING_ATTACHED } from './attachments-field.tsx'
import { ChangeFields } from './change-fields.tsx'
import { changeOf, type Draft, draftAgain, draftOf } from './draft.ts'
import { PreviewPane } from './preview-pane.tsx'
import { knownReason, ReasonField } from './reason-field.tsx'

const route = getRouteApi('/shell/orders/$orderId/change')
type Props = {
  order: OrderDetail
  /** A rejected request that is asked for again, corrected. */
  before: ChangeDetail | undefined
  types: ChangeType[]
  hasMoved: boolean
  onReload: () => void
}

/** What is to change and why on the one side, what would come of it on the other. */
export function RequestForm({ order, before, types, hasMoved, onReload }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/orders/$orderId/change' })
  const { type: asked, changeId } = route.useSearch()
  const type = asked !== undefined && types.includes(asked) ? asked : (types[0] ?? 'price')
  const [draft, setDraft] = useState(() => (before ? draftAgain(order, before) : draftOf(order)))
  const [reasonCode, setReasonCode] = useState(knownReason(before?.reasonCode))
  const [reason, setReason] = useState(before?.reason ?? '')
  const [attached, setAttached] = useState(NOTHING_ATTACHED)
  const change = changeOf(type, draft, order)
  const settled = useSettled(change)
  const submit = useSubmit(before?.changeId)
  const isMissing = { change: change === null, reason: reason.trim() === '', files: !attached.isComplete }
  const [isTried, setTried] = useState(false)

  const onSubmit = () => {
    setTried(true)
    if (change === null || isMissing.reason || isMissing.files) return
    submit.mutate({
      orderId: order.orderId,
      orderVersion: order.version,
      change,
      reasonCode,
      reason: reason.trim(),
      ...(attached.attachmentIds.length === 0 ? {} : { attachmentIds: attached.attachmentIds }),
    })
  }
  return (
    <div className="columns">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onSubmit()
        }}
      >
        {hasMoved && (
          <Alert
            type="warning"
            showIcon
            title={t('request.moved')}
            action={<Button onClick={onReload}>{t('request.reload')}</Button>}
          />
        )}
        <Section title={t('request.what')}>
          <Segmented
            className="request-types"
            aria-label={t('change.type')}
            value={type}
            options={types.map((value) => ({ value, label: t(`changeType.${value}`) }))}
            onChange={(value) => void navigate({ search: { type: value, changeId }, replace: true })}
          />
          <ChangeFields
            type={type}
            draft={draft}
            order={order}
            onChange={(part: Partial<Draft>) => setDraft((present) => ({ ...present, ...part }))}
          />
          {isTried && isMissing.change && (
            <div role="alert" className="late">
              {t('request.nothing')}
            </div>
          )}
        </Section>
        <Section title={t('change.reason')}>
          <ReasonField
            code={reasonCode}
            text={reason}
            isMissing={isTried && isMissing.reason}
            onCode={setReasonCode}
            onText={setReason}
          />
          <AttachmentsField onChange={setAttached} />
          {isTried && isMissing.files && (
            <div role="alert" className="late">
              {t('request.filesMissing')}
            </div>
          )}
        </Section>
        {submit.error && <ProblemText error={submit.error} />}
        <div className="request-submit">
          <Button type="primary" htmlType="submit" size="large" loading={submit.isPending}>
            {t('request.submit')}
          </Button>
        </div>
      </form>
      <PreviewPane order={order} change={settled} onReload={onReload} />
    </div>
  )
}

/** @param changeId of the request that is asked for again; none: a new one */
function useSubmit(changeId: string | undefined) {
  const navigate = useNavigate()
  const once = useOperation()
  return useMutation({
    mutationFn: (body: SubmitChangeBody) =>
      once(body, async (header) => {
        if (changeId !== undefined) {
          const { orderId: _orderId, ...again } = body
          const params = { path: { changeId }, header }
          await client.POST('/v1/change-requests/{changeId}/versions', { params, body: again })
          return { changeId }
        }
        const { data } = await client.POST('/v1/change-requests', { params: { header }, body })
        if (!data || !('changeId' in data)) throw new Error('the API made no request')
        return data
      }),
    onSuccess: ({ changeId: id }) =>
      void navigate({ to: '/change-requests/$changeId', params: { changeId: id }, replace: true }),
  })
}
