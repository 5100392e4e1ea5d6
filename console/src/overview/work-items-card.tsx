import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { WorkItem } from '../api/types.ts'
import { Section } from '../components/section.tsx'
import { useNow } from '../components/use-now.ts'
import { CountOf, Figure } from './number.tsx'
import { AGES, byAge } from './work-item-ages.ts'

const COUNTED = 200

/** What waits for a person, by how long it has waited: the oldest come first, so that none of those is left out. */
export function WorkItemsCard() {
  const { t } = useTranslation()
  const query = { state: 'open', sort: 'oldest', limit: COUNTED } as const
  const list = api.useQuery('get', '/v1/work-items', { params: { query } })
  const items: readonly WorkItem[] = list.data?.items ?? []
  const counts = byAge(items, useNow().getTime())
  return (
    <Section
      title={t('overview.workItems')}
      extra={<span className="quiet">{t('overview.workItemsByAge')}</span>}
    >
      <div className="figures">
        <Link to="/work-items">
          <Figure name={t('overview.workItems')}>
            <CountOf list={list} />
          </Figure>
        </Link>
        {AGES.map((age) => (
          <Link key={age} to="/work-items" search={age === 'underHour' ? { sort: 'newest' } : {}}>
            <Figure name={t(`overview.${age}`)}>{list.isSuccess ? counts[age] : '–'}</Figure>
          </Link>
        ))}
      </div>
    </Section>
  )
}
