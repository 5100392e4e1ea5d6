import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import type { OrderSummary } from '../api/types.ts'
import { numbersOf } from './bulk-change.ts'

const MOST_LINES = 8

/** The numbers of orders, to be taken along. Browsers lend the clipboard to pages over TLS only; elsewhere they are selected and copied by hand. */
export function OrderNumbers({ orders }: { orders: readonly OrderSummary[] }) {
  const { t } = useTranslation()
  const numbers = numbersOf(orders)
  const copy = useMutation({ mutationFn: () => navigator.clipboard.writeText(numbers) })
  return (
    <div className="field">
      <Input.TextArea
        readOnly
        aria-label={t('bulk.numbers')}
        className="code"
        value={numbers}
        autoSize={{ minRows: 2, maxRows: MOST_LINES }}
        onFocus={({ target }) => target.select()}
      />
      {'clipboard' in navigator && (
        <Button onClick={() => copy.mutate()}>{t('bulk.copy', { count: orders.length })}</Button>
      )}
      {copy.isSuccess && <span role="status">{t('bulk.copied')}</span>}
      {copy.isError && <span role="alert">{t('bulk.copyByHand')}</span>}
    </div>
  )
}

/** A link to each, which opens beside this page: a page that opened them all by itself would be stopped by the browser. */
export function OrderLinks({ orders }: { orders: readonly OrderSummary[] }) {
  return (
    <ul className="bulk-links">
      {orders.map(({ orderId, externalOrderId }) => (
        <li key={orderId}>
          <Link to="/orders/$orderId" params={{ orderId }} target="_blank" className="code">
            {orderId.slice(-12)}
          </Link>{' '}
          <span className="quiet">{externalOrderId}</span>
        </li>
      ))}
    </ul>
  )
}
