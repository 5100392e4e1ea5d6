import type { DataFlow } from '../api/types.ts'
import { pickText } from '../format/bilingual.ts'

/** What people call a flow: what flows, and whose it is. */
export function edgeName(map: DataFlow, edgeId: string, language: string): string {
  const edge = map.edges.find((each) => each.edgeId === edgeId)
  if (!edge) return edgeId
  return [pickText(edge.title, language), edge.keyTitle ?? edge.key].filter((part) => part !== '').join(' · ')
}
