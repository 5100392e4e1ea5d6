import { Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'
import { erpBookingOf } from '../../../domain/change-erp.ts'
import type { ChangeDetail, ChangeEffect } from '../api/types.ts'
import { Money } from '../components/money.tsx'
import { Section } from '../components/section.tsx'
import { formatCents } from '../format/money.ts'

/** What follows from an approval besides the order itself: money, stock, and what the ERP is told. */
export function ChangeConsequences({ change }: { change: ChangeDetail }) {
  const { t } = useTranslation()
  return (
    <Section title={`${t('change.money')} · ${t('change.stock')} · ${t('change.erp')}`}>
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'refunds', label: t('change.refunds'), children: <RefundsEffect effect={change.effect} /> },
          {
            key: 'toPay',
            label: t('change.stillToPay'),
            children: <Money cents={change.effect.stillToPayCents} />,
          },
          { key: 'stock', label: t('change.stock'), children: <Stock change={change} /> },
          { key: 'erp', label: t('change.erp'), children: <Erp change={change} /> },
        ]}
      />
    </Section>
  )
}

/** What goes back, and from which payment. */
export function RefundsEffect({ effect }: { effect: ChangeEffect }) {
  const { t } = useTranslation()
  if (effect.refunds.length === 0) return t('change.noRefunds')
  return (
    <div>
      {effect.refunds.map(({ paymentId, amountCents }) => (
        <div key={paymentId}>
          <Money cents={amountCents} />{' '}
          <span className="quiet code">{t('change.refundFrom', { id: paymentId })}</span>
        </div>
      ))}
    </div>
  )
}

function Stock({ change: { effect } }: { change: ChangeDetail }) {
  const { t } = useTranslation()
  return (
    <div>
      {effect.stock.length === 0 && t('change.noStock')}
      {effect.stock.map(({ lineNumber, skuId, quantity }) => (
        <div key={`${lineNumber} ${skuId}`}>
          <span className="code">{skuId}</span>{' '}
          {quantity > 0
            ? t('change.reserve', { count: quantity })
            : t('change.giveBack', { count: -quantity })}
        </div>
      ))}
      {effect.pausesPicking && <div className="quiet">{t('change.pausesPicking')}</div>}
    </div>
  )
}

function Erp({ change: { effect, erpReference } }: { change: ChangeDetail }) {
  const { t } = useTranslation()
  if (erpReference !== null) return t('change.erpReference', { id: erpReference })
  return <ErpEffect effect={effect} />
}

/** By the function that makes the booking itself, so that an approver reads what the ERP will. */
export function ErpEffect({ effect }: { effect: ChangeEffect }) {
  const { t } = useTranslation()
  const { type, previousAmountCents, targetAmountCents } = erpBookingOf(effect)
  if (previousAmountCents === targetAmountCents) return t('change.erpNothing')
  const from = formatCents(previousAmountCents)
  const to = formatCents(targetAmountCents)
  return t('change.erpTells', { type: t(`changeType.${type}`), from, to })
}
