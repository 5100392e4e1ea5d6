import { getRouteApi } from '@tanstack/react-router'
import { Alert } from 'antd'
import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { DataFlow } from '../api/types.ts'
import { LiveMark } from '../components/live-mark.tsx'
import { Loaded } from '../components/loaded.tsx'
import { Ago, Moment } from '../components/moment.tsx'
import { PageHead } from '../components/page-head.tsx'
import { Section } from '../components/section.tsx'
import { Loading } from '../components/states.tsx'
import { Tag } from '../components/tag.tsx'
import { useFilters } from '../components/use-filters.ts'
import { pickText } from '../format/bilingual.ts'
import { EdgeDrawer } from './edge-drawer.tsx'
import { FlowEdges } from './flow-edges.tsx'
import { FlowIncidents } from './flow-incidents.tsx'
import { edgeName } from './flow-names.ts'
import { useLiveFlow } from './use-live-flow.ts'

const FlowMap = lazy(async () => ({ default: (await import('./flow-map.tsx')).FlowMap }))
const route = getRouteApi('/shell/reports/data-flow')

/** Which systems the hub speaks with, how each flow goes at this moment, and what to mend first. */
export function DataFlowPage() {
  const { t } = useTranslation()
  const { edge } = route.useSearch()
  const change = useFilters<{ edge: string }>()
  const { map, isLive } = useLiveFlow()
  const open = (edgeId: string) => change({ edge: edgeId })
  return (
    <>
      <PageHead
        title={t('reports.dataFlow')}
        extra={
          <>
            {map.data && <Moment at={map.data.checkedAt} />} <LiveMark isLive={isLive} />
          </>
        }
      />
      <Loaded query={map}>
        {(data) => (
          <>
            {data.isStale && <Alert type="warning" showIcon title={t('flow.stale')} />}
            <BreakPoints map={data} onOpen={open} />
            <Section title={t('flow.map')}>
              <Suspense fallback={<Loading />}>
                <FlowMap map={data} onOpen={open} />
              </Suspense>
            </Section>
            <Steps map={data} />
            <FlowEdges map={data} onOpen={open} />
            <FlowIncidents />
          </>
        )}
      </Loaded>
      <EdgeDrawer edgeId={edge ?? null} onClose={() => change({ edge: undefined })} />
    </>
  )
}

/** What is broken now, the worst first. */
function BreakPoints({ map, onOpen }: { map: DataFlow; onOpen: (edgeId: string) => void }) {
  const { t, i18n } = useTranslation()
  return (
    <Section title={t('flow.breakPoints')}>
      {map.breakPoints.length === 0 && <Tag tone="green">{t('flow.nothingBroken')}</Tag>}
      {map.breakPoints.map((point) => (
        <div key={point.incidentId} className="row-line">
          <Tag tone="red">{pickText(point.title, i18n.language)}</Tag>
          <button type="button" className="link-button" onClick={() => onOpen(point.edgeId)}>
            {edgeName(map, point.edgeId, i18n.language)}
          </button>
          <span>{t('flow.measured', { measured: round(point.measured), limit: round(point.limit) })}</span>
          {point.ordersAffected > 0 && (
            <span className="late">{t('flow.orders', { count: point.ordersAffected })}</span>
          )}
          <Ago at={point.openedAt} />
        </div>
      ))}
    </Section>
  )
}

const round = (value: number): number => Number(value.toFixed(1))

/** The three steps from a drawn map to no manual work. */
function Steps({ map }: { map: DataFlow }) {
  const { t, i18n } = useTranslation()
  return (
    <Section title={t('flow.steps')}>
      {map.steps.map(({ step, title, state, done, total }) => (
        <div key={step} className="row-line">
          <Tag tone={state === 'done' ? 'green' : 'gold'}>{t(`flowStep.${state}`)}</Tag>
          <span>{pickText(title, i18n.language)}</span>
          <span className="figure">
            {done} / {total}
          </span>
        </div>
      ))}
    </Section>
  )
}
