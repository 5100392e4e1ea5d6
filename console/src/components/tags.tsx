import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { CHANGE_REQUEST_MEANING, type ChangeRequestStatus } from '../../../domain/change-request-state.ts'
import { ORDER_STATUS_MEANING, type OrderStatus } from '../../../domain/order-state.ts'
import { pickText } from '../format/bilingual.ts'
import { Tag, type Tone } from './tag.tsx'

/** Statuses as words, with a colour for the quick eye and the whole meaning on hover. */

const ORDER_COLOURS: Record<OrderStatus, Tone> = {
  reserved: 'gold',
  awaiting_stock: 'orange',
  paid: 'blue',
  partially_shipped: 'indigo',
  shipped: 'indigo',
  in_transit: 'cyan',
  delivered: 'green',
  returning: 'orange',
  completed: 'green',
  expired: 'grey',
  cancelled: 'grey',
  returned: 'grey',
  lost: 'red',
}

export function OrderStatusTag({ status }: { status: OrderStatus }) {
  const { t, i18n } = useTranslation()
  return (
    <Tooltip title={pickText(ORDER_STATUS_MEANING[status], i18n.language)}>
      <Tag tone={ORDER_COLOURS[status]}>{t(`orderStatus.${status}`)}</Tag>
    </Tooltip>
  )
}

const CHANGE_COLOURS: Record<ChangeRequestStatus, Tone> = {
  submitted: 'gold',
  in_approval: 'gold',
  approved: 'blue',
  undoing: 'orange',
  apply_failed: 'red',
  applied: 'green',
  rejected: 'red',
  withdrawn: 'grey',
  expired: 'grey',
  stale: 'grey',
  abandoned: 'grey',
}

export function ChangeStatusTag({ status }: { status: ChangeRequestStatus }) {
  const { t, i18n } = useTranslation()
  return (
    <Tooltip title={pickText(CHANGE_REQUEST_MEANING[status], i18n.language)}>
      <Tag tone={CHANGE_COLOURS[status]}>{t(`changeStatus.${status}`)}</Tag>
    </Tooltip>
  )
}

/** The channels that this console has a word for. */
export const CHANNELS = ['mall', 'taobao', 'jd', 'pinduoduo', 'douyin'] as const

/** A channel by its name; one that this console has no word for by what the API calls it. */
export function ChannelName({ channel }: { channel: string }) {
  const { t, i18n } = useTranslation()
  const key = `channel.${channel}`
  return <>{i18n.exists(key) ? t(key as 'channel.mall') : channel}</> // exists: a key of the catalogue
}
