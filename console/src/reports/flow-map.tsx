import { useTranslation } from 'react-i18next'
import type { DataFlow } from '../api/types.ts'
import { FlowChart } from '../components/flow-chart.tsx'
import type { Tone } from '../components/tag.tsx'
import { pickText } from '../format/bilingual.ts'
import { arrowsOf, placesOf } from './flow-layout.ts'

const ARROW = { broken: 'alarming', ok: 'usual', unknown: 'quiet' } as const

/** The systems and what flows between them, drawn. */
export function FlowMap({ map, onOpen }: { map: DataFlow; onOpen: (edgeId: string) => void }) {
  const { t, i18n } = useTranslation()
  const places = new Map(placesOf(map.systems).map((place) => [place.systemId, place]))
  const nodes = map.systems.map(({ systemId, kind, title, key }) => {
    const { x, y } = places.get(systemId) ?? { x: 0, y: 0 }
    const touching = map.edges.filter(({ from, to }) => from === systemId || to === systemId)
    const isBroken = touching.some(({ state }) => state === 'broken')
    return {
      id: systemId,
      x,
      y,
      tone: toneOf(kind, isBroken),
      content: (
        <>
          <strong>{pickText(title, i18n.language)}</strong> <span className="code">{key}</span>
          <div>{isBroken ? t('flowState.broken') : t('flow.flows', { count: touching.length })}</div>
        </>
      ),
    }
  })
  const edges = arrowsOf(map.edges).map(({ edgeId, from, to, edges: all, state }) => {
    const perMinute = all.reduce((sum, { ratePerMinute }) => sum + ratePerMinute, 0)
    return {
      id: edgeId,
      from,
      to,
      way: 'across' as const,
      // What is quiet is said in the table: words on every arrow would hide those that matter.
      ...(state === 'broken' || perMinute > 0
        ? { label: `${t(`flowState.${state}`)} · ${t('flow.perMinute', { rate: perMinute.toFixed(1) })}` }
        : {}),
      tone: ARROW[state],
      isMoving: perMinute > 0,
      isDashed: state === 'unknown',
    }
  })
  return <FlowChart label={t('flow.map')} nodes={nodes} edges={edges} height={560} onOpen={onOpen} />
}

function toneOf(kind: string, isBroken: boolean): Tone {
  if (isBroken) return 'red'
  return kind === 'hub' ? 'blue' : 'grey'
}
