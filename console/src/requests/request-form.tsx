import { useMutation } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Alert, Button, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChangeType } from '../../../domain/change.ts'
import { client } from '../api/client.ts'
import type { ChangeDetail, OrderDetail, SubmitChangeBody } from '../api/types.ts'
import { ProblemText } from '../components/problem-text.tsx'
import { RestoredNote } from '../components/restored-note.tsx'
import { Section } from '../components/section.tsx'
import { useSettled } from '../components/use-settled.ts'
import { type KeptForm, useKeptForm } from '../session/use-kept-form.ts'
import { AttachmentsField } from './attachments-field.tsx'
import { ChangeFields } from './change-fields.tsx'
import { changeOf } from './draft.ts'
import { PreviewPane } from './preview-pane.tsx'
import { knownReason, ReasonField } from './reason-field.tsx'
import { readRequest, untouched } from './request-content.ts'

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
  const form = useKeptForm(`request.${order.orderId}.${before?.changeId ?? 'new'}`, {
    begin: () => untouched(order, before),
    read: (kept, isUnanswered) => readRequest(kept, untouched(order, before), isUnanswered),
  })
  const { draft, reason, attached } = form.content
  const reasonCode = knownReason(form.content.reasonCode)
  const change = changeOf(type, draft, order)
  const settled = useSettled(change)
  const submit = useSubmit(before?.changeId, form)
  const attachmentIds = attached.flatMap(({ attachmentId }) => (attachmentId === null ? [] : [attachmentId]))
  const isMissing = {
    change: change === null,
    reason: reason.trim() === '',
    files: attachmentIds.length < attached.length,
  }
  const [isTried, setTried] = useState(false)

  const onSubmit = () => {
    setTried(true)
    if (change === null || isMissing.reason || isMissing.files) return
    submit.mutate({
      orderId: order.orderId,
      orderVersion: form.content.orderVersion,
      change,
      reasonCode,
      reason: reason.trim(),
      ...(attachmentIds.length === 0 ? {} : { attachmentIds }),
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
        {form.isRestored && <RestoredNote onStartOver={form.startOver} />}
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
            onChange={(part) => form.set((present) => ({ draft: { ...present.draft, ...part } }))}
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
            onCode={(code) => form.set({ reasonCode: code })}
            onText={(text) => form.set({ reason: text })}
          />
          <AttachmentsField
            key={String(form.isRestored)}
            attached={attached}
            onChange={(files) => form.set({ attached: files })}
          />
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
function useSubmit(
  changeId: string | undefined,
  { once, forget }: Pick<KeptForm<object>, 'once' | 'forget'>,
) {
  const navigate = useNavigate()
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
    onSuccess: ({ changeId: id }) => {
      forget()
      void navigate({ to: '/change-requests/$changeId', params: { changeId: id }, replace: true })
    },
  })
}
