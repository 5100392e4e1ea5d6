import { useTranslation } from 'react-i18next'
import type { EventDelivery } from '../api/types.ts'
import { Tag, type Tone } from '../components/tag.tsx'

const TONES: Record<EventDelivery['state'], Tone> = {
  pending: 'gold',
  delivered: 'green',
  exhausted: 'red',
  superseded: 'grey',
  cancelled: 'grey',
}

export function DeliveryState({ state }: Pick<EventDelivery, 'state'>) {
  const { t } = useTranslation()
  return <Tag tone={TONES[state]}>{t(`eventDeliveryState.${state}`)}</Tag>
}
