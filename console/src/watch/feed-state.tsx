import { useTranslation } from 'react-i18next'
import type { Shop } from '../api/types.ts'
import { Tag, type Tone } from '../components/tag.tsx'
import { formatDuration } from '../format/time.ts'

type State = Shop['pull']['state']
const TONES: Record<State, Tone> = {
  unknown: 'grey',
  connected: 'green',
  ok: 'green',
  disconnected: 'red',
  failing: 'red',
}

/** How one way of hearing of a shop stands, and how late what it says may be. */
export function FeedState({
  feed: { state, lagSeconds, lagTargetSeconds },
}: {
  feed: Pick<Shop['pull'], 'state' | 'lagSeconds' | 'lagTargetSeconds'>
}) {
  const { t, i18n } = useTranslation()
  return (
    <>
      <Tag tone={TONES[state]}>{t(`feedState.${state}`)}</Tag>
      {lagSeconds !== null && (
        <span className={lagSeconds > lagTargetSeconds ? 'figure late' : 'figure'}>
          {formatDuration(lagSeconds, i18n.language)}
        </span>
      )}
      <div className="quiet">
        {t('shops.target', { duration: formatDuration(lagTargetSeconds, i18n.language) })}
      </div>
    </>
  )
}
