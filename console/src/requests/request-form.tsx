import { useMutation } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Alert, Button, Input, Segmented, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChangeType } from '../../../domain/change.ts'
import { client } from '../api/client.ts'
import type { OrderDetail, SubmitChangeBody } from '../api/types.ts'
import { useOperationKey } from '../api/use-operation-key.ts'
import { ProblemText } from '../components/problem-text.tsx'
import { Section } from '../components/section.tsx'
import { useSettled } from '../components/use-settled.ts'
import { AttachmentsField } from './attachments-field.tsx'
import { ChangeFields } from './change-fields.tsx'
import { changeOf, type Draft, draftOf } from './draft.ts'
import { PreviewPane } from './preview-pane.tsx'

const route = getRouteApi('/shell/orders/$orderId/change')
const REASON_CHARACTERS = 500
const REASON_CODES = [
  'customer_request',
  'price_error',
  'wrong_address',
  'out_of_stock',
  'quality',
  'goodwill',
  'duplicate_order',
  'other',
] as const satisfies readonly SubmitChangeBody['reasonCode'][]

type Props = { order: OrderDetail; types: ChangeType[]; hasMoved: boolean; onReload: () => void }

/** What is to change and why on the one side, what would come of it on the other. */
export function RequestForm({ order, types, hasMoved, onReload }: Props) {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/orders/$orderId/change' })
  const asked = route.useSearch().type
  const type = asked !== undefined && types.includes(asked) ? asked : (types[0] ?? 'price')
  const [draft, setDraft] = useState(() => draftOf(order))
  const [reasonCode, setReasonCode] = useState<SubmitChangeBody['reasonCode']>('customer_request')
  const [reason, setReason] = useState('')
  const [attachmentIds, setAttachmentIds] = useState<string[]>([])
  const change = changeOf(type, draft, order)
  const settled = useSettled(change)
  const submit = useSubmit()
  const isMissing = { change: change === null, reason: reason.trim() === '' }
  const [isTried, setTried] = useState(false)

  const onSubmit = () => {
    setTried(true)
    if (change === null || isMissing.reason) return
    submit.mutate({
      orderId: order.orderId,
      orderVersion: order.version,
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
        <Section title={t('request.what')}>
          <Segmented
            className="request-types"
            aria-label={t('change.type')}
            value={type}
            options={types.map((value) => ({ value, label: t(`changeType.${value}`) }))}
            onChange={(value) => void navigate({ search: { type: value }, replace: true })}
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
          <Reason
            code={reasonCode}
            text={reason}
            isMissing={isTried && isMissing.reason}
            onCode={setReasonCode}
            onText={setReason}
          />
          <AttachmentsField onChange={setAttachmentIds} />
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

function useSubmit() {
  const navigate = useNavigate()
  const operation = useOperationKey()
  return useMutation({
    mutationFn: async (body: SubmitChangeBody) => {
      const header = { 'Idempotency-Key': operation.keyOf(body) }
      const { data } = await client.POST('/v1/change-requests', { params: { header }, body })
      if (!data || !('changeId' in data)) throw new Error('the API made no request')
      return data
    },
    onSuccess: ({ changeId }) =>
      void navigate({ to: '/change-requests/$changeId', params: { changeId }, replace: true }),
  })
}

type ReasonProps = {
  code: SubmitChangeBody['reasonCode']
  text: string
  isMissing: boolean
  onCode: (code: SubmitChangeBody['reasonCode']) => void
  onText: (text: string) => void
}

function Reason({ code, text, isMissing, onCode, onText }: ReasonProps) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <div className="field">
      <Select
        aria-label={t('request.reasonCode')}
        value={code}
        onChange={onCode}
        options={REASON_CODES.map((value) => ({ value, label: t(`reasonCode.${value}`) }))}
      />
      <label htmlFor={id}>{t('request.reasonText')}</label>
      <Input.TextArea
        id={id}
        value={text}
        maxLength={REASON_CHARACTERS}
        autoSize={{ minRows: 2, maxRows: 6 }}
        placeholder={t('request.reasonHint')}
        aria-required
        aria-invalid={isMissing}
        {...(isMissing ? { status: 'error' as const, 'aria-describedby': `${id}-missing` } : {})}
        onChange={({ target }) => onText(target.value)}
      />
      {isMissing && (
        <div id={`${id}-missing`} role="alert" className="late">
          {t('request.reasonRequired')}
        </div>
      )}
    </div>
  )
}
