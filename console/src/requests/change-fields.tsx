import { Button, Input, InputNumber, Select } from 'antd'
import { lazy, type ReactNode, Suspense, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANGE_LIMITS, type ChangeType } from '../../../domain/change.ts'
import type { OrderDetail } from '../api/types.ts'
import { Loading } from '../components/states.tsx'
import { formatCents } from '../format/money.ts'
import { CentsField } from './cents-field.tsx'
import type { Draft, DraftContact } from './draft.ts'
import { LinesField } from './lines-field.tsx'
import { SkuField } from './sku-field.tsx'

// The names of three thousand divisions are fetched by those who change an address.
const DivisionField = lazy(async () => ({ default: (await import('./division-field.tsx')).DivisionField }))

type Props = { draft: Draft; order: OrderDetail; onChange: (part: Partial<Draft>) => void }

/** What is to change: fields for each type, filled in with what the order says. */
export function ChangeFields({ type, ...props }: Props & { type: ChangeType }) {
  const { t } = useTranslation()
  switch (type) {
    case 'price':
      return <LinesField {...props} edits={['unitPriceCents']} hasFreight />
    case 'quantity':
      return <LinesField {...props} edits={['quantity']} />
    case 'item':
      return <LinesField {...props} edits={['skuId', 'quantity', 'unitPriceCents']} canAdd />
    case 'gift':
      return <Gifts {...props} />
    case 'reship':
      return <Reships {...props} />
    case 'address':
      return <Address {...props} />
    case 'refund':
      return <Refund {...props} />
    case 'cancel':
      return <p className="quiet">{t('request.cancelHint')}</p>
  }
}

/** A label over its field. */
function Field({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  )
}

function Gifts({ draft: { gifts }, onChange }: Props) {
  const { t } = useTranslation()
  const change = (key: number, part: Partial<Draft['gifts'][number]>) =>
    onChange({ gifts: gifts.map((gift) => (gift.key === key ? { ...gift, ...part } : gift)) })
  const nextKey = Math.max(-1, ...gifts.map(({ key }) => key)) + 1
  return (
    <>
      {gifts.map(({ key, skuId, quantity }, index) => (
        <div key={key} className="row-line">
          <SkuField
            label={`${t('order.sku')} ${index + 1}`}
            value={skuId}
            onChange={(id) => change(key, { skuId: id })}
          />
          <InputNumber
            aria-label={`${t('order.quantity')} ${index + 1}`}
            min={1}
            max={CHANGE_LIMITS.lineQuantity}
            precision={0}
            value={quantity}
            onChange={(units) => change(key, { quantity: units })}
          />
          {gifts.length > 1 && (
            <Button onClick={() => onChange({ gifts: gifts.filter((gift) => gift.key !== key) })}>
              {t('request.removeLine')}
            </Button>
          )}
        </div>
      ))}
      <Button onClick={() => onChange({ gifts: [...gifts, { key: nextKey, skuId: '', quantity: 1 }] })}>
        {t('request.addLine')}
      </Button>
    </>
  )
}

function Reships({ draft: { reships }, order, onChange }: Props) {
  const { t } = useTranslation()
  return order.lines.map(({ lineNumber, skuId, quantity }) => (
    <Field key={lineNumber} label={`${t('change.line', { number: lineNumber })} ${skuId} × ${quantity}`}>
      {(id) => (
        <InputNumber
          id={id}
          min={0}
          max={quantity}
          precision={0}
          value={reships[lineNumber] ?? 0}
          onChange={(units) => onChange({ reships: { ...reships, [lineNumber]: units } })}
        />
      )}
    </Field>
  ))
}

const CONTACT_CHARACTERS = { name: 50, phone: 25, address: 200, remark: 500 } as const

function Address({ draft: { contact }, onChange }: Props) {
  const { t } = useTranslation()
  const change = (part: Partial<DraftContact>) => onChange({ contact: { ...contact, ...part } })
  const text = (name: keyof typeof CONTACT_CHARACTERS) => (
    <Field label={t(`contactField.${name}`)}>
      {(id) => (
        <Input
          id={id}
          autoComplete="off"
          maxLength={CONTACT_CHARACTERS[name]}
          value={contact[name]}
          onChange={({ target }) => change({ [name]: target.value })}
        />
      )}
    </Field>
  )
  return (
    <>
      {text('name')}
      {text('phone')}
      <Field label={t('contactField.divisionCode')}>
        {(id) => (
          <Suspense fallback={<Loading />}>
            <DivisionField
              id={id}
              value={contact.divisionCode}
              onChange={(divisionCode) => change({ divisionCode })}
            />
          </Suspense>
        )}
      </Field>
      {text('address')}
      {text('remark')}
    </>
  )
}

function Refund({ draft: { refund }, order, onChange }: Props) {
  const { t } = useTranslation()
  const change = (part: Partial<Draft['refund']>) => onChange({ refund: { ...refund, ...part } })
  return (
    <>
      <Field label={t('request.refundFrom')}>
        {(id) => (
          <Select
            id={id}
            value={refund.paymentId}
            onChange={(paymentId) => change({ paymentId })}
            options={order.payments.map(({ paymentId, amountCents }) => ({
              value: paymentId,
              label: `${paymentId} · ${formatCents(amountCents)}`,
            }))}
          />
        )}
      </Field>
      <Field label={t('request.refundAmount')}>
        {(id) => (
          <CentsField
            id={id}
            value={refund.amountCents}
            onChange={(amountCents) => change({ amountCents })}
          />
        )}
      </Field>
    </>
  )
}
