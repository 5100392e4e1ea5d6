import { useTranslation } from 'react-i18next'
import type { Subscription } from '../api/types.ts'
import { Tag, type Tone } from '../components/tag.tsx'

const TONES: Record<Subscription['state'], Tone> = {
  active: 'green',
  paused: 'gold',
  disabled: 'red',
  deleted: 'grey',
}

export function SubscriptionState({ state }: Pick<Subscription, 'state'>) {
  const { t } = useTranslation()
  return <Tag tone={TONES[state]}>{t(`subscriptionState.${state}`)}</Tag>
}
