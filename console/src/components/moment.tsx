import { useTranslation } from 'react-i18next'
import { formatDuration, formatMoment, zoneOf } from '../format/time.ts'
import { useNow } from './use-now.ts'

/** A time as whoever looks would read it from a clock; the zone on hover. Nothing where there is none. */
export function Moment({ at }: { at: string | null }) {
  if (at === null) return <span className="quiet">–</span>
  return (
    <time dateTime={at} title={zoneOf(at)} className="figure">
      {formatMoment(at)}
    </time>
  )
}

/** How long ago something was; the time itself on hover. */
export function Ago({ at }: { at: string }) {
  const { t, i18n } = useTranslation()
  const text = useNow((now) => {
    const seconds = (now.getTime() - Date.parse(at)) / 1_000
    return seconds < 5
      ? t('common.justNow')
      : t('common.ago', { duration: formatDuration(seconds, i18n.language) })
  })
  return (
    <time dateTime={at} title={`${formatMoment(at)} ${zoneOf(at)}`}>
      {text}
    </time>
  )
}

/** Time left until something, or by how much it is late; with a word for either, because colour alone says nothing to some. */
export function Until({ at }: { at: string }) {
  const { t, i18n } = useTranslation()
  const due = Date.parse(at)
  const isLate = useNow((now) => now.getTime() > due)
  const duration = useNow((now) => formatDuration(Math.abs(due - now.getTime()) / 1_000, i18n.language))
  return (
    <time
      dateTime={at}
      title={`${formatMoment(at)} ${zoneOf(at)}`}
      className={isLate ? 'late figure' : 'figure'}
    >
      {isLate ? t('common.overdue', { duration }) : t('common.left', { duration })}
    </time>
  )
}
