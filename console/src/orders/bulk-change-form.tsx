import { Button, InputNumber, Segmented } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANGE_LIMITS } from '../../../domain/change.ts'
import { client } from '../api/client.ts'
import type { OrderSummary, SubmitChangeBody } from '../api/types.ts'
import type { SendOne } from '../components/use-bulk-run.ts'
import { CentsField } from '../requests/cents-field.tsx'
import { ReasonField } from '../requests/reason-field.tsx'
import { SkuField } from '../requests/sku-field.tsx'
import { BULK_CHANGES, type BulkDraft, bulkChangeOf } from './bulk-change.ts'

type Props = { count: number; begin: (send: SendOne<OrderSummary>) => void }

/** One change and one reason, asked for of every order by a request of its own: each is decided by whoever decides on it alone. */
export function BulkChangeForm({ count, begin }: Props) {
  const { t } = useTranslation()
  const [draft, setDraft] = useState<BulkDraft>({
    change: 'cancel',
    gift: { skuId: '', quantity: 1 },
    freightCents: 0,
  })
  const [reasonCode, setReasonCode] = useState<SubmitChangeBody['reasonCode']>('customer_request')
  const [reason, setReason] = useState('')
  const [isTried, setTried] = useState(false)
  const change = bulkChangeOf(draft)
  const isReasonMissing = reason.trim() === ''
  const set = (part: Partial<BulkDraft>) => setDraft((present) => ({ ...present, ...part }))

  const submit = () => {
    setTried(true)
    if (change === null || isReasonMissing) return
    const asked = { change, reasonCode, reason: reason.trim() }
    begin(({ orderId, version }, idempotencyKey) =>
      client.POST('/v1/change-requests', {
        params: { header: { 'Idempotency-Key': idempotencyKey } },
        body: { orderId, orderVersion: version, ...asked },
      }),
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <Segmented
        aria-label={t('change.type')}
        value={draft.change}
        options={BULK_CHANGES.map((value) => ({ value, label: t(`bulk.change.${value}`) }))}
        onChange={(value) => set({ change: value })}
      />
      <p className="quiet">{t(`bulk.changeHint.${draft.change}`)}</p>
      {draft.change === 'gift' && (
        <div className="row-line">
          <SkuField
            label={t('order.sku')}
            value={draft.gift.skuId}
            onChange={(skuId) => set({ gift: { ...draft.gift, skuId } })}
          />
          <InputNumber
            aria-label={t('order.quantity')}
            min={1}
            max={CHANGE_LIMITS.lineQuantity}
            precision={0}
            value={draft.gift.quantity}
            onChange={(quantity) => set({ gift: { ...draft.gift, quantity } })}
          />
        </div>
      )}
      {draft.change === 'freight' && (
        <CentsField
          label={t('orders.freight')}
          value={draft.freightCents}
          onChange={(freightCents) => set({ freightCents })}
        />
      )}
      {isTried && change === null && (
        <div role="alert" className="late">
          {t('request.nothing')}
        </div>
      )}
      <ReasonField
        code={reasonCode}
        text={reason}
        isMissing={isTried && isReasonMissing}
        onCode={setReasonCode}
        onText={setReason}
      />
      <Button type="primary" htmlType="submit">
        {t('bulk.submitChanges', { count })}
      </Button>
    </form>
  )
}
