import { Link } from '@tanstack/react-router'
import { Drawer } from 'antd'
import { lazy, Suspense, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../api/client.ts'
import type { FlowEdgeDetail } from '../api/types.ts'
import { Loaded } from '../components/loaded.tsx'
import { Moment } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Loading } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { pickText } from '../format/bilingual.ts'
import { formatMoment } from '../format/time.ts'
import { EDGE_TONES } from './flow-edges.tsx'

const LineChart = lazy(async () => ({ default: (await import('../components/line-chart.tsx')).LineChart }))
const LOOK_EVERY_MS = 15_000

/** One flow: its last hour, what is wrong with it, and where its work items are. */
export function EdgeDrawer({ edgeId, onClose }: { edgeId: string | null; onClose: () => void }) {
  const { t, i18n } = useTranslation()
  const edge = api.useQuery(
    'get',
    '/v1/data-flow/edges/{edgeId}',
    { params: { path: { edgeId: edgeId ?? '' } } },
    { enabled: edgeId !== null, refetchInterval: LOOK_EVERY_MS },
  )
  return (
    <Drawer
      open={edgeId !== null}
      onClose={onClose}
      size="large"
      destroyOnHidden
      title={edge.data ? `${pickText(edge.data.title, i18n.language)} ${edge.data.key}` : t('flow.edge')}
    >
      <Loaded query={edge}>{(data) => <Edge edge={data} />}</Loaded>
    </Drawer>
  )
}

function Edge({ edge }: { edge: FlowEdgeDetail }) {
  const { t, i18n } = useTranslation()
  const chart = useMemo(
    () => ({
      names: edge.minutes.map(({ minute }) => formatMoment(minute).slice(11, 16)),
      series: [
        { name: t('flow.succeeded'), values: edge.minutes.map(({ succeeded }) => succeeded), isMain: true },
        { name: t('flow.failed'), values: edge.minutes.map(({ failed }) => failed) },
        { name: t('flow.backlog'), values: edge.minutes.map(({ backlog }) => backlog) },
      ],
    }),
    [edge.minutes, t],
  )
  return (
    <>
      <Section title={t('flow.state')}>
        <div className="row-line">
          <Tag tone={EDGE_TONES[edge.state]}>{t(`flowState.${edge.state}`)}</Tag>
          {edge.breakPoints.map(({ incidentId, title }) => (
            <Tag key={incidentId} tone="red">
              {pickText(title, i18n.language)}
            </Tag>
          ))}
        </div>
        {edge.state === 'broken' && <p>{pickText(edge.nextStep, i18n.language)}</p>}
        <div>
          {t('flow.lastSuccess')} <Moment at={edge.lastSuccessAt} />
        </div>
        <div>{t('flow.waiting', { count: edge.backlog, orders: edge.ordersWaiting })}</div>
        {edge.manual.map(({ workItemKind, title, items }) => (
          <div key={workItemKind}>
            <Link to="/work-items" search={{ kind: workItemKind, snoozed: 'include' }}>
              {pickText(title, i18n.language)} · {items}
            </Link>
          </div>
        ))}
      </Section>
      <Section title={t('flow.lastHour')}>
        {edge.minutes.length === 0 ? (
          <span className="quiet">{t('flow.noTraffic')}</span>
        ) : (
          <Suspense fallback={<Loading />}>
            <LineChart label={t('flow.lastHour')} names={chart.names} series={chart.series} minimum={0} />
          </Suspense>
        )}
      </Section>
    </>
  )
}
