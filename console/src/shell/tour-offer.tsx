import { Button } from 'antd'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { usePerson } from '../session/session.ts'
import { hasHadTour, tourStore } from './tour-store.ts'

/** Offers the tour to whoever has never had it. It stands in the page and covers nothing, so that who has work to do does it. */
export function TourOffer() {
  const { t } = useTranslation()
  const { accountId } = usePerson()
  const isOffered = useSyncExternalStore(
    tourStore.subscribe,
    () => !tourStore.isOpen() && !hasHadTour(accountId),
  )
  if (!isOffered) return null
  return (
    <aside className="card tour-offer row-line" aria-label={t('tour.name')}>
      <span>{t('tour.offer')}</span>
      <Button type="primary" size="small" onClick={() => tourStore.begin()}>
        {t('tour.begin')}
      </Button>
      <Button size="small" onClick={() => tourStore.end(accountId)}>
        {t('tour.skip')}
      </Button>
    </aside>
  )
}
