import { Alert, Collapse, Table, type TableColumnsType } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useNames } from '../api/directory.ts'
import type { OrderDetail } from '../api/types.ts'
import { Moment, Until } from '../components/moment.tsx'
import { Money } from '../components/money.tsx'
import { Section } from '../components/section.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { pickText } from '../format/bilingual.ts'

type Line = OrderDetail['lines'][number]
type Hold = OrderDetail['reservations'][number]
const HOLD_COLOURS: Record<Hold['state'], Tone> = {
  held: 'gold',
  confirmed: 'blue',
  consumed: 'green',
  expired: 'grey',
  released: 'grey',
}

/** What was sold, which units are held for it and until when, and why they come from where they come from. */
export function OrderLines({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const columns = useColumns(order)
  const waits = order.status === 'reserved'
  return (
    <Section title={t('order.lines')} extra={waits && <Until at={order.reservationExpiresAt} />}>
      <Table<Line>
        size="small"
        rowKey="lineNumber"
        columns={columns}
        dataSource={order.lines}
        pagination={false}
        scroll={{ x: 720 }}
      />
      <Why order={order} />
    </Section>
  )
}

function useColumns({ reservations }: OrderDetail): TableColumnsType<Line> {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  return useMemo(
    () => [
      { key: 'line', title: t('order.line'), dataIndex: 'lineNumber', width: 56 },
      {
        key: 'sku',
        title: t('order.sku'),
        render: (_value, { skuId, skuName, presale }) => (
          <>
            <span className="code">{skuId}</span> <span className="quiet">{skuName}</span>
            {presale && (
              <div className="quiet">
                {t('order.presale', { date: presale.expectedOn, count: presale.waiting })}
              </div>
            )}
          </>
        ),
      },
      { key: 'quantity', title: t('order.quantity'), dataIndex: 'quantity', width: 72, align: 'right' },
      {
        key: 'price',
        title: t('order.unitPrice'),
        width: 110,
        align: 'right',
        render: (_value, { unitPriceCents }) => <Money cents={unitPriceCents} />,
      },
      {
        key: 'amount',
        title: t('order.lineAmount'),
        width: 120,
        align: 'right',
        render: (_value, { unitPriceCents, quantity }) => <Money cents={unitPriceCents * quantity} />,
      },
      {
        key: 'holds',
        title: t('order.holds'),
        render: (_value, { lineNumber }) =>
          reservations
            .filter((hold) => hold.lineNumber === lineNumber)
            .map((hold) => (
              <div key={`${hold.warehouseId} ${hold.state} ${hold.promotion?.promotionId ?? ''}`}>
                <Tag tone={HOLD_COLOURS[hold.state]}>{t(`holdState.${hold.state}`)}</Tag>
                {t('order.hold', { warehouse: nameOf(hold.warehouseId), count: hold.quantity })}
                {hold.promotion && (
                  <span className="quiet"> {t('order.promotion', { name: hold.promotion.name })}</span>
                )}
              </div>
            )),
      },
    ],
    [t, nameOf, reservations],
  )
}

/** The allocation's own explanation, the newest first, in the words of the domain. */
function Why({ order: { allocationDecisions } }: { order: OrderDetail }) {
  const { t, i18n } = useTranslation()
  if (allocationDecisions.length === 0) return null
  const decisions = [...allocationDecisions].reverse()
  return (
    <Collapse
      className="why"
      ghost
      defaultActiveKey={['0']}
      items={decisions.map(({ text, policyVersion, decidedAt, operationId }, index) => ({
        key: String(index),
        label: t('order.why'),
        extra: <Moment at={decidedAt} />,
        children: (
          <Alert
            key={operationId}
            type="info"
            title={<span className="why-text">{pickText(text, i18n.language)}</span>}
            description={
              policyVersion === 0 ? t('order.builtIn') : t('order.decidedBy', { version: policyVersion })
            }
          />
        ),
      }))}
    />
  )
}
