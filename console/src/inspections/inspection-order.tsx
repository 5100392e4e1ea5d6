import { Descriptions } from 'antd'
import { useTranslation } from 'react-i18next'
import type { InspectionDetail } from '../api/types.ts'
import { Moment, Until } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { Section } from '../components/section.tsx'

/** What whoever goes there needs to know of the order. */
export function InspectionOrder({ inspection }: { inspection: InspectionDetail }) {
  const { t } = useTranslation()
  const { order, division, dueAt, state, cancelled } = inspection
  const { contact } = order
  return (
    <Section title={t('inspections.order')}>
      <Descriptions
        size="small"
        column={{ xs: 1, sm: 2 }}
        items={[
          ...(contact === null
            ? [{ key: 'contact', label: t('order.contact'), children: t('order.erased') }]
            : [
                { key: 'name', label: t('contactField.name'), children: contact.name },
                {
                  key: 'phone',
                  label: t('contactField.phone'),
                  children: contact.phone.includes('*') ? (
                    contact.phone
                  ) : (
                    <a href={`tel:${contact.phone}`}>{contact.phone}</a>
                  ),
                },
                {
                  key: 'address',
                  label: t('contactField.address'),
                  children: `${division ?? ''} ${contact.address}`,
                },
              ]),
          { key: 'amount', label: t('orders.amount'), children: <Money cents={order.amountCents} /> },
          { key: 'created', label: t('orders.created'), children: <Moment at={order.createdAt} /> },
          ...(state === 'open'
            ? [{ key: 'due', label: t('inspections.due'), children: <Until at={dueAt} /> }]
            : []),
          ...(cancelled === null
            ? []
            : [
                {
                  key: 'cancelled',
                  label: t('inspectionState.cancelled'),
                  children: `${cancelled.reason} · ${cancelled.by}`,
                },
              ]),
        ]}
      />
      {order.lines.map(({ skuId, name, quantity }) => (
        <div key={skuId} className="row-line">
          <span className="code">{skuId}</span>
          <span>{name}</span>
          <strong>× {quantity}</strong>
        </div>
      ))}
      {order.parcels.map(({ courier, waybillNumber }) => (
        <div key={`${courier} ${waybillNumber}`} className="row-line quiet">
          {courier} <span className="code">{waybillNumber}</span>
        </div>
      ))}
    </Section>
  )
}
