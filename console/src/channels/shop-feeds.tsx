import { useTranslation } from 'react-i18next'
import type { Shop } from '../api/types.ts'
import { Facts } from '../components/facts.tsx'
import { Ago, Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { FeedState } from '../watch/feed-state.tsx'

/** How well a shop is heard: by what it pushes, and by what is pulled behind it. */
export function ShopFeeds({ shop }: { shop: Shop }) {
  const { t } = useTranslation()
  const { push, pull, hintsWaiting, oldestHintAt } = shop
  return (
    <div className="columns">
      <Section title={t('shops.push')}>
        {push === null ? <p className="quiet">{t('shop.pushesNothing')}</p> : <Feed feed={push} />}
        <Facts
          facts={[
            [t('shops.waiting'), hintsWaiting],
            [t('shop.oldestWaiting'), oldestHintAt === null ? '–' : <Ago key="oldest" at={oldestHintAt} />],
          ]}
        />
      </Section>
      <Section title={t('shops.pull')}>
        <Feed feed={pull} />
        <Facts facts={[[t('shop.watermark'), <Moment key="watermark" at={pull.watermark} />]]} />
      </Section>
    </div>
  )
}

function Feed({ feed }: { feed: Shop['pull'] | NonNullable<Shop['push']> }) {
  const { t } = useTranslation()
  return (
    <>
      <div className="row-line">
        <FeedState feed={feed} />
      </div>
      {feed.lastError !== null && (
        <p className={feed.consecutiveFailures > 0 ? 'late' : 'quiet'}>
          {t('shops.error')}: {feed.lastError}
        </p>
      )}
      <Facts
        facts={[
          [t('shop.lastSuccess'), <Moment key="success" at={feed.lastSuccessAt} />],
          [t('shop.lastMessage'), <Moment key="message" at={feed.lastMessageAt} />],
          [t('shop.failures'), feed.consecutiveFailures],
        ]}
      />
    </>
  )
}
