export type Labelled = { longitude: number; latitude: number; name: string; note: string }
export type LabelPosition = 'right' | 'left' | 'bottom' | 'top'

/** In the order in which they are liked. */
const POSITIONS: readonly LabelPosition[] = ['right', 'left', 'bottom', 'top']
/** What a character takes of the map, at the sizes at which it is shown: exact enough to tell which names would cover each other. */
const CHARACTER_DEGREES = 1.6
const LINE_DEGREES = 2
/** From the middle of a place to its name. */
const GAP_DEGREES = 0.8

type Box = { west: number; east: number; south: number; north: number }

/** Where each name stands, so that those of one city cover neither each other nor other places as far as there is room. */
export function labelPositions(places: readonly Labelled[]): LabelPosition[] {
  const taken: Box[] = places.map(({ longitude, latitude }) => ({
    west: longitude - GAP_DEGREES,
    east: longitude + GAP_DEGREES,
    south: latitude - GAP_DEGREES,
    north: latitude + GAP_DEGREES,
  }))
  return places.map((place, index) => {
    const others = taken.filter((_box, of) => of !== index)
    const choices = POSITIONS.map((position) => {
      const box = boxOf(place, position)
      return { position, box, covered: others.reduce((sum, other) => sum + overlap(box, other), 0) }
    })
    const [best] = choices.sort((one, other) => one.covered - other.covered)
    if (!best) return 'right'
    taken.push(best.box)
    return best.position
  })
}

function boxOf({ longitude, latitude, name, note }: Labelled, position: LabelPosition): Box {
  const width = Math.max(name.length, note.length / 2) * CHARACTER_DEGREES
  const height = (note === '' ? 1 : 2) * LINE_DEGREES
  const beside = { south: latitude - height / 2, north: latitude + height / 2 }
  const above = { west: longitude - width / 2, east: longitude + width / 2 }
  const [east, south] = [longitude + GAP_DEGREES, latitude - GAP_DEGREES]
  const [west, north] = [longitude - GAP_DEGREES, latitude + GAP_DEGREES]
  if (position === 'right') return { ...beside, west: east, east: east + width }
  if (position === 'left') return { ...beside, west: west - width, east: west }
  if (position === 'bottom') return { ...above, south: south - height, north: south }
  return { ...above, south: north, north: north + height }
}

function overlap(one: Box, other: Box): number {
  const width = Math.min(one.east, other.east) - Math.max(one.west, other.west)
  const height = Math.min(one.north, other.north) - Math.max(one.south, other.south)
  return width > 0 && height > 0 ? width * height : 0
}
