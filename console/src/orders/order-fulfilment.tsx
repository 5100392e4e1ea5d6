import { Link } from '@tanstack/react-router'
import { Descriptions, Timeline, Typography } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNames } from '../api/directory.ts'
import type { OrderDetail } from '../api/types.ts'
import { ActorName } from '../components/actor-name.tsx'
import { CourierName } from '../components/courier-name.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Tag, type Tone } from '../components/tag.tsx'

type Parcel = OrderDetail['parcels'][number]
const PARCEL_COLOURS: Record<Parcel['state'], Tone> = {
  shipped: 'indigo',
  in_transit: 'cyan',
  refused: 'orange',
  delivered: 'green',
  returned: 'grey',
  lost: 'red',
}

/** What the warehouses do for an order, and where its parcels are. */
export function OrderFulfilment({ order }: { order: OrderDetail }) {
  const { t } = useTranslation()
  return (
    <div className="columns">
      <Section title={t('order.fulfilments')}>
        <Tasks order={order} />
        <Returns order={order} />
      </Section>
      <Section title={t('order.parcels')}>
        {order.parcels.length === 0 && <span className="quiet">{t('order.noParcels')}</span>}
        {order.parcels.map((parcel) => (
          <ParcelView key={parcel.parcelId} parcel={parcel} />
        ))}
      </Section>
    </div>
  )
}

function Tasks({ order: { fulfilments } }: { order: OrderDetail }) {
  const { t } = useTranslation()
  const { nameOf } = useNames('/v1/warehouses')
  if (fulfilments.length === 0) return <span className="quiet">{t('order.noParcels')}</span>
  return (
    <Descriptions
      size="small"
      column={1}
      items={fulfilments.map((task) => ({
        key: task.pickTaskId,
        label: nameOf(task.warehouseId),
        children: (
          <div>
            <Tag>{t(`taskState.${task.state}`)}</Tag>
            {task.lines.map(({ lineNumber, skuId, quantity }) => (
              <span key={lineNumber} className="code">
                {skuId} × {quantity}{' '}
              </span>
            ))}
            {task.combinedId !== null && <Tag tone="purple">{t('order.combined')}</Tag>}
            {task.onHoldFor !== null && (
              <Link to="/change-requests/$changeId" params={{ changeId: task.onHoldFor }}>
                {t('order.heldForChange')}
              </Link>
            )}
            <div className="quiet">
              <Moment at={task.updatedAt} />
              {task.operator !== null && (
                <>
                  {' '}
                  · <ActorName actor={task.operator} />
                </>
              )}
            </div>
          </div>
        ),
      }))}
    />
  )
}

function ParcelView({ parcel }: { parcel: Parcel }) {
  const { t } = useTranslation()
  return (
    <div className="parcel">
      <div>
        <Tag tone={PARCEL_COLOURS[parcel.state]}>{t(`parcelState.${parcel.state}`)}</Tag>
        <span>
          <CourierName courier={parcel.courier} />{' '}
        </span>
        <Typography.Text copyable className="code">
          {parcel.waybillNumber}
        </Typography.Text>
      </div>
      {parcel.combinedWith.map((orderId) => (
        <Link key={orderId} to="/orders/$orderId" params={{ orderId }} className="code">
          {t('order.combined')} {orderId.slice(-12)}
        </Link>
      ))}
      {parcel.tracking.length === 0 ? (
        <div className="quiet">{t('order.noTracking')}</div>
      ) : (
        <Timeline
          className="tracking"
          items={[...parcel.tracking].reverse().map((scan) => ({
            key: `${scan.occurredAt} ${scan.state} ${scan.description}`,
            content: (
              <>
                {scan.description}{' '}
                <span className="quiet">
                  <Moment at={scan.occurredAt} />
                </span>
              </>
            ),
          }))}
        />
      )}
    </div>
  )
}

function Returns({ order: { returns } }: { order: OrderDetail }) {
  const { t } = useTranslation()
  if (returns.length === 0) return null
  return (
    <Descriptions
      size="small"
      column={1}
      title={t('order.returns')}
      items={returns.map(({ returnId, state, reason, lines, updatedAt }) => ({
        key: returnId,
        label: <Tag>{t(`returnState.${state}`)}</Tag>,
        children: (
          <div>
            {reason}{' '}
            {lines.map(({ lineNumber, quantity }) => (
              <span key={lineNumber} className="quiet">
                {t('change.line', { number: lineNumber })} × {quantity}{' '}
              </span>
            ))}
            <div className="quiet">
              <Moment at={updatedAt} />
            </div>
          </div>
        ),
      }))}
    />
  )
}
