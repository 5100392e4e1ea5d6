import type { BreakKind, BreakPoint } from './flow-break-points.ts'

/** An incident that is open: when its rule was last broken, in ms since the epoch. */
export type OpenIncident = { id: string; edgeId: string; kind: BreakKind; lastSeenAtMs: number }

type IncidentMoves = {
  /** Break points that no open incident is about. */
  open: BreakPoint[]
  /** Incidents that go on, with what was found of them now. */
  seen: { id: string; point: BreakPoint }[]
  /** Incidents that are over. */
  close: string[]
}

/**
 * What becomes of the incidents by what was found now. There is one open incident of a kind on an edge; it ends only
 * when nothing was found of it for so long, so that what comes and goes is one incident, not twenty.
 */
export function incidentMoves(
  incidents: readonly OpenIncident[],
  found: readonly BreakPoint[],
  { nowMs, closeAfterSeconds }: { nowMs: number; closeAfterSeconds: number },
): IncidentMoves {
  const keyOf = ({ edgeId, kind }: Pick<BreakPoint, 'edgeId' | 'kind'>) => `${kind} ${edgeId}`
  const points = new Map(found.map((point) => [keyOf(point), point]))
  const moves: IncidentMoves = { open: [], seen: [], close: [] }
  for (const incident of incidents) {
    const point = points.get(keyOf(incident))
    points.delete(keyOf(incident))
    const sinceMs = nowMs - incident.lastSeenAtMs
    if (point) moves.seen.push({ id: incident.id, point })
    // Seen later than now: the clock was set back, and nobody can tell for how long nothing was found.
    else if (sinceMs >= closeAfterSeconds * 1_000 || sinceMs < 0) moves.close.push(incident.id)
  }
  moves.open.push(...points.values())
  return moves
}
