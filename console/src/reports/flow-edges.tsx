import { useTranslation } from 'react-i18next'
import type { DataFlow } from '../api/types.ts'
import { Ago } from '../components/moment.tsx'
import { Section } from '../components/section.tsx'
import { Tag, type Tone } from '../components/tag.tsx'
import { formatShare } from '../format/number.ts'
import { edgeName } from './flow-names.ts'

export const EDGE_TONES: Record<DataFlow['edges'][number]['state'], Tone> = {
  broken: 'red',
  ok: 'green',
  unknown: 'grey',
}

/** Every flow with its figures, for whoever reads rather than looks. */
export function FlowEdges({ map, onOpen }: { map: DataFlow; onOpen: (edgeId: string) => void }) {
  const { t, i18n } = useTranslation()
  return (
    <Section title={t('flow.edges')}>
      <div className="scrolls">
        <table className="comparison">
          <thead>
            <tr>
              <th scope="col">{t('flow.edge')}</th>
              <th scope="col">{t('flow.state')}</th>
              <th scope="col">{t('flow.rate')}</th>
              <th scope="col">{t('flow.errors')}</th>
              <th scope="col">{t('flow.backlog')}</th>
              <th scope="col">{t('flow.lastSuccess')}</th>
            </tr>
          </thead>
          <tbody>
            {map.edges.map((edge) => (
              <tr key={edge.edgeId}>
                <th scope="row">
                  <button type="button" className="link-button" onClick={() => onOpen(edge.edgeId)}>
                    {edgeName(map, edge.edgeId, i18n.language)}
                  </button>
                </th>
                <td>
                  <Tag tone={EDGE_TONES[edge.state]}>{t(`flowState.${edge.state}`)}</Tag>
                </td>
                <td>{t('flow.perMinute', { rate: edge.ratePerMinute.toFixed(1) })}</td>
                <td>{edge.errorRate === null ? '–' : formatShare(edge.errorRate)}</td>
                <td>
                  {edge.backlog}
                  {edge.isBacklogCapped && '+'}
                </td>
                <td>{edge.lastSuccessAt === null ? '–' : <Ago at={edge.lastSuccessAt} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Section>
  )
}
