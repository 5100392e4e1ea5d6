import { Table, type TableColumnsType, Typography } from 'antd'
import { useTranslation } from 'react-i18next'
import type { OrderDetail } from '../api/types.ts'
import { Moment } from '../components/moment.tsx'
import { Difference, Money } from '../components/money.tsx'
import { Section } from '../components/section.tsx'
import { Tag } from '../components/tag.tsx'

type Movement = { key: string; at: string | null } & (
  | { kind: 'payment'; row: OrderDetail['payments'][number] }
  | { kind: 'refund'; row: OrderDetail['refunds'][number] }
)
const REFUND_COLOURS = { due: 'gold', done: 'green', failed: 'red' } as const

/** Money that came and went, each with the serial number by which the provider knows it. */
export function OrderPayments({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const movements: Movement[] = [
    ...order.payments.map((row) => ({ key: row.paymentId, kind: 'payment' as const, at: row.paidAt, row })),
    ...order.refunds.map((row) => ({ key: row.refundId, kind: 'refund' as const, at: row.settledAt, row })),
  ]
  const columns: TableColumnsType<Movement> = [
    {
      key: 'serial',
      title: t('order.serial'),
      render: (_value, { kind, row }) =>
        kind === 'payment' ? (
          <Typography.Text copyable className="code">
            {row.paymentId}
          </Typography.Text>
        ) : (
          <>
            <span className="code">{row.refundId}</span>
            <div className="quiet">
              {t('order.refundOf', { id: row.paymentId })} · {row.reason}
            </div>
          </>
        ),
    },
    {
      key: 'method',
      title: t('order.method'),
      width: 120,
      render: (_value, { kind, row }) =>
        kind === 'payment' ? (
          t(`paymentMethod.${row.method as 'other'}`, { defaultValue: row.method })
        ) : (
          <Tag tone={REFUND_COLOURS[row.state]}>{t(`refundState.${row.state}`)}</Tag>
        ),
    },
    {
      key: 'amount',
      title: t('orders.amount'),
      width: 130,
      align: 'right',
      render: (_value, { kind, row }) =>
        kind === 'payment' ? <Money cents={row.amountCents} /> : <Difference cents={-row.amountCents} />,
    },
    { key: 'at', title: t('order.paidAt'), width: 170, render: (_value, { at }) => <Moment at={at} /> },
  ]
  return (
    <Section title={t('order.payments')}>
      {movements.length === 0 ? (
        <span className="quiet">{t('order.noPayments')}</span>
      ) : (
        <Table<Movement>
          size="small"
          columns={columns}
          dataSource={movements}
          pagination={false}
          scroll={{ x: 640 }}
        />
      )}
    </Section>
  )
}
