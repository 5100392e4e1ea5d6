import { Steps } from 'antd'
import { useTranslation } from 'react-i18next'
import { isFinal, ORDER_STATUSES, type OrderStatus } from '../../../domain/order-state.ts'
import type { LogEntry } from '../api/types.ts'
import { Moment } from '../components/moment.tsx'
import { Tag } from '../components/tag.tsx'
import { nextOf, pathOf } from './state-path.ts'

const SHOWN = { done: 'finish', current: 'process', ahead: 'wait' } as const
const isStatus = (value: string | null): value is OrderStatus =>
  ORDER_STATUSES.some((status) => status === value)

/** Where an order has been and when, where it is, and what may follow. */
export function StateBar({ status, log }: { status: OrderStatus; log: readonly LogEntry[] }) {
  const { t } = useTranslation()
  const changes = log.flatMap(({ field, newValue, at }) =>
    field === 'status' && isStatus(newValue) ? [{ status: newValue, at }] : [],
  )
  // The log may be a moment behind the order, or ahead of it: the order's own word counts.
  const visited = [...changes.map((change) => change.status), status]
  const path = pathOf(visited)
  const whenOf = (wanted: OrderStatus) => changes.findLast((change) => change.status === wanted)?.at ?? null
  const current = path.findIndex(({ state }) => state === 'current')
  return (
    <>
      <Steps
        size="small"
        current={current}
        responsive
        items={path.map((step) => ({
          title: t(`orderStatus.${step.status}`),
          status: step.state === 'current' && isFinal(step.status) ? 'finish' : SHOWN[step.state],
          content: step.state === 'ahead' ? null : <Moment at={whenOf(step.status)} />,
        }))}
      />
      <div className="next-states">
        {nextOf(status).length === 0 ? (
          <span className="quiet">{t('order.finalState')}</span>
        ) : (
          <>
            <span className="quiet">{t('order.nextStates')}</span>
            {nextOf(status).map((next) => (
              <Tag key={next}>{t(`orderStatus.${next}`)}</Tag>
            ))}
          </>
        )}
      </div>
    </>
  )
}
