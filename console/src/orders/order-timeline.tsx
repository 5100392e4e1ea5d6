import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Button, Segmented, Select, Timeline } from 'antd'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { StoryEntry } from '../api/types.ts'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Failure, Loading, NothingHere } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { pickText } from '../format/bilingual.ts'
import { STORY_KINDS } from './search.ts'

const route = getRouteApi('/shell/orders/$orderId')
const PAGE = 50

const COLOURS: Record<StoryEntry['kind'], string> = {
  log: 'blue',
  stock: 'purple',
  message: 'gray',
  delivery: 'gray',
  tracking: 'cyan',
  work_item: 'red',
  notification: 'green',
}

/** All that happened around an order as one sequence, narrowed to one kind if need be. */
export function OrderTimeline({ orderId }: { orderId: string }) {
  const { t } = useTranslation()
  const { kind, sort = 'newest' } = route.useSearch()
  const query = { sort, limit: PAGE, ...(kind === undefined ? {} : { kinds: kind }) }
  const story = api.useInfiniteQuery(
    'get',
    '/v1/orders/{orderId}/story',
    { params: { path: { orderId }, query } },
    {
      initialPageParam: undefined,
      pageParamName: 'cursor',
      getNextPageParam: (page: { nextCursor: string | null }) => page.nextCursor ?? undefined,
    },
  )
  const entries = story.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Section title={t('order.timeline')} extra={<TimelineFilters kind={kind} sort={sort} />}>
      {story.isPending && <Loading />}
      {story.isError && <Failure error={story.error} onRetry={() => void story.refetch()} />}
      {story.isSuccess && entries.length === 0 && <NothingHere />}
      <Timeline
        items={entries.map((entry) => ({
          key: entry.id,
          color: COLOURS[entry.kind],
          content: <Entry entry={entry} />,
        }))}
      />
      {story.hasNextPage && (
        <Button onClick={() => void story.fetchNextPage()} loading={story.isFetchingNextPage}>
          {t('common.more')}
        </Button>
      )}
    </Section>
  )
}

function Entry({ entry }: { entry: StoryEntry }) {
  const { t, i18n } = useTranslation()
  return (
    <div>
      <Tag>{t(`storyKind.${entry.kind}`)}</Tag>
      {pickText(entry.text, i18n.language)}
      <div className="quiet">
        <Moment at={entry.at} /> · {entry.by}
        {entry.happenedAt !== null && isApart(entry) && (
          <>
            {' · '}
            {t('order.happenedAt')} <Moment at={entry.happenedAt} />
          </>
        )}
      </div>
    </div>
  )
}

/** Seconds between what happened and the hub's hearing of it are the usual way of messages, and no news. */
function isApart({ at, happenedAt }: StoryEntry): boolean {
  return happenedAt !== null && Math.abs(Date.parse(at) - Date.parse(happenedAt)) > 5_000
}

function TimelineFilters({
  kind,
  sort,
}: {
  kind: StoryEntry['kind'] | undefined
  sort: 'newest' | 'oldest'
}) {
  const { t } = useTranslation()
  const navigate = useNavigate({ from: '/orders/$orderId' })
  return (
    <div className="timeline-filters">
      <Select
        size="small"
        aria-label={t('list.filters')}
        className="filter"
        allowClear
        placeholder={t('order.allKinds')}
        value={kind}
        onChange={(value) =>
          void navigate({
            search: (present) => ({ ...present, kind: value }),
            replace: true,
            resetScroll: false,
          })
        }
        options={STORY_KINDS.map((value) => ({ value, label: t(`storyKind.${value}`) }))}
      />
      <Segmented
        size="small"
        aria-label={t('list.sort')}
        value={sort}
        options={(['newest', 'oldest'] as const).map((value) => ({ value, label: t(`list.${value}`) }))}
        onChange={(value) =>
          void navigate({
            search: (present) => ({ ...present, sort: value }),
            replace: true,
            resetScroll: false,
          })
        }
      />
    </div>
  )
}
