import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { OrderSummary } from '../api/types.ts'
import { type BulkAction, BulkBar } from '../components/bulk-bar.tsx'
import { ExportButton } from '../components/export-button.tsx'
import type { Selection } from '../components/use-selection.ts'
import { BulkChangeForm } from './bulk-change-form.tsx'
import { OrderLinks, OrderNumbers } from './order-numbers.tsx'

type Props = { selection: Selection<OrderSummary>; keyOf: (order: OrderSummary) => string }

/** What can be done with several orders at once: nobody edits an order, so a change is asked for of each. */
export function OrderBulk({ selection, keyOf }: Props) {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const actions: BulkAction<OrderSummary>[] = [
    {
      key: 'change',
      label: t('bulk.requestChanges'),
      panel: (orders, begin) => <BulkChangeForm count={orders.length} begin={begin} />,
    },
    {
      key: 'export',
      label: t('bulk.export'),
      panel: (orders) => (
        <ExportButton
          what={(format) => ({ kind: 'orders', format, filters: { orderIds: orders.map(keyOf) } })}
        />
      ),
    },
    {
      key: 'numbers',
      label: t('bulk.numbers'),
      panel: (orders) => <OrderNumbers orders={orders} />,
    },
    { key: 'open', label: t('bulk.openEach'), panel: (orders) => <OrderLinks orders={orders} /> },
  ]
  return (
    <BulkBar
      selection={selection}
      keyOf={keyOf}
      actions={actions}
      onSettled={() => {
        void queries.invalidateQueries({ queryKey: ['get', '/v1/orders'] })
        void queries.invalidateQueries({ queryKey: ['get', '/v1/change-requests'] })
      }}
    />
  )
}
