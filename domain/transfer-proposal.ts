import { distanceKilometres, type Point } from './division.ts'

/** The prices of one hop between two warehouses: a fixed part and one by weight. */
export type Freight = { fixedCents: number; centsPerKilogram: number }
/** What a hop costs up to a distance; null is any distance. */
export type FreightBand = Freight & { upToKilometres: number | null }
/** A price agreed for one direction between two warehouses; it goes before the bands. */
export type FreightLane = Freight & { from: string; to: string }

/** The rules by which sources are found. Whole numbers throughout, so that costs compare exactly. */
export type SourcingRules = {
  /** Days of shipments that daily sales are taken from. */
  salesWindowDays: number
  /** A source never gives so much that what is left sells out in fewer days. */
  minimumCoverDays: number
  /** Each unit that a source would miss for this many days of sales costs `coverCentsPerUnit`. */
  targetCoverDays: number
  coverCentsPerUnit: number
  /** Whether, when nothing else is possible, a source may give from its safety stock. */
  mayBreakSafetyStock: boolean
  /** From how many warehouses at most one transfer may come: 1 or 2. */
  maximumSources: number
  /** Warehouses through which goods may travel, and what handling one shipment there costs. */
  hubs: string[]
  hubHandlingCents: number
  lanes: FreightLane[]
  /** Ascending; a hop longer than the last band is not possible. */
  bands: FreightBand[]
}

export type TransferDemand = {
  skuId: string
  destinationId: string
  quantity: number
  /** Weight of one unit. */
  weightGrams: number
}
export type TransferPlace = Point & { warehouseId: string; region: string; active: boolean }
/** What one warehouse has of the SKU, and how many units its orders took in the sales window. */
export type SourceLevel = {
  warehouseId: string
  available: number
  safetyStock: number
  shortfall: number
  sold: number
}

/** Units of one source on their way: straight, or over the hub in the middle of the path. */
export type ProposedLeg = {
  sourceId: string
  path: string[]
  quantity: number
  distanceKilometres: number
  freightCents: number
  /** Days that the rest lasts at the source by its daily sales; null where nothing is sold. */
  coverDaysLeft: number | null
  availableLeft: number
  breaksSafetyStock: boolean
}

/** Why a way of serving the demand was not proposed. */
export type Rejection =
  | { code: 'inactive' }
  | { code: 'shortfall'; units: number }
  | { code: 'sold-out' }
  | { code: 'safety-stock'; available: number; safetyStock: number }
  | { code: 'cover'; coverDays: number; minimumCoverDays: number }
  | { code: 'no-freight'; distanceKilometres: number }
  | { code: 'not-enough'; canGive: number; available: number }
  | { code: 'dearer'; extraCents: number }
  | { code: 'no-better'; distanceKilometres: number }
export type RejectedAlternative = { sourceIds: string[]; path: string[]; reason: Rejection }

export type TransferProposal = {
  legs: ProposedLeg[]
  freightCents: number
  /** What the policy charges for the days of cover that the sources lose; no money flows. */
  coverCents: number
  crossRegion: boolean
  breaksSafetyStock: boolean
  rejected: RejectedAlternative[]
}
export type ProposalResult =
  | { ok: true; proposal: TransferProposal }
  | { ok: false; canGive: number; rejected: RejectedAlternative[] }

/** Alternatives that a person is shown; the nearest warehouses first. */
const SHOWN_ALTERNATIVES = 20
/** Costs are compared in thousandths of a cent: one gram at one cent a kilogram. */
const MILLI = 1000

/** One way from a source to the destination, with what it costs in thousandths of a cent. */
type Route = { path: string[]; distanceKilometres: number; fixed: number; perUnit: number }
/**
 * A source and one of its routes. It gives at most `cap` units; those beyond `free` eat into the target cover and cost
 * `penalty` each.
 */
type Candidate = {
  level: SourceLevel
  place: TransferPlace
  route: Route
  cap: number
  free: number
  penalty: number
}
type Share = { candidate: Candidate; quantity: number }
type Plan = { shares: Share[]; cost: number; distanceKilometres: number }

/**
 * Where units for a warehouse come from and on which path: the cheapest of all ways over one source or two, by the
 * freight table plus the policy's price on cover that sources lose. Exact: no permitted way is cheaper. Of two that
 * cost the same, the one with fewer sources, then the shorter one.
 *
 * A source's safety stock is broken only if the rules allow it and no way without that exists.
 */
export function proposeTransfer(input: {
  demand: TransferDemand
  levels: SourceLevel[]
  places: TransferPlace[]
  rules: SourcingRules
}): ProposalResult {
  const { demand, rules } = input
  const destination = input.places.find((place) => place.warehouseId === demand.destinationId)
  if (!destination) throw new Error(`no place is known of ${demand.destinationId}`)
  const sources = joinSources(input, destination)
  const gentle = candidatesOf(sources, destination, input, false)
  const gentlePlan = cheapestPlan(gentle, demand.quantity, rules)
  const greedy = rules.mayBreakSafetyStock ? candidatesOf(sources, destination, input, true) : gentle
  const plan = gentlePlan ?? cheapestPlan(greedy, demand.quantity, rules)
  const candidates = gentlePlan ? gentle : greedy
  if (!plan) {
    return { ok: false, canGive: mostOf(candidates, rules), rejected: rejectAll(sources, candidates, input) }
  }
  const rejected = rejectOthers(sources, candidates, plan, input)
  return { ok: true, proposal: proposalOf(plan, destination, rules, rejected) }
}

/** Units that last for so many days of a source's sales. */
function unitsForDays(days: number, level: SourceLevel, rules: SourcingRules): number {
  return Math.ceil((days * level.sold) / rules.salesWindowDays)
}

type Source = { level: SourceLevel; place: TransferPlace; routes: Route[]; distanceKilometres: number }
type Input = { demand: TransferDemand; levels: SourceLevel[]; places: TransferPlace[]; rules: SourcingRules }

/** Every other warehouse that has a level of the SKU, the nearest first. */
function joinSources(input: Input, destination: TransferPlace): Source[] {
  const places = new Map(input.places.map((place) => [place.warehouseId, place]))
  return input.levels
    .flatMap((level): Source[] => {
      const place = places.get(level.warehouseId)
      if (!place || level.warehouseId === destination.warehouseId) return []
      const routes = routesOf(place, destination, places, input)
      return [{ level, place, routes, distanceKilometres: distanceKilometres(place, destination) }]
    })
    .sort(
      (a, b) =>
        a.distanceKilometres - b.distanceKilometres || compareText(a.level.warehouseId, b.level.warehouseId),
    )
}

function routesOf(
  from: TransferPlace,
  to: TransferPlace,
  places: ReadonlyMap<string, TransferPlace>,
  { rules, demand }: Input,
): Route[] {
  const hubs = [...new Set(rules.hubs)].flatMap((id) => {
    const hub = places.get(id)
    const isEnd = id === from.warehouseId || id === to.warehouseId
    return hub?.active && !isEnd ? [hub] : []
  })
  const ways = [[from, to], ...hubs.map((hub) => [from, hub, to])]
  return ways.flatMap((way) => {
    const hops = way.slice(1).map((next, index) => hopOf(way[index] ?? from, next, rules))
    if (hops.some((hop) => hop === null)) return []
    const priced = hops.flatMap((hop) => (hop ? [hop] : []))
    const handlingCents = rules.hubHandlingCents * (way.length - 2)
    return [
      {
        path: way.map((place) => place.warehouseId),
        distanceKilometres: sum(priced.map((hop) => hop.distanceKilometres)),
        fixed: (sum(priced.map((hop) => hop.fixedCents)) + handlingCents) * MILLI,
        perUnit: sum(priced.map((hop) => hop.centsPerKilogram)) * demand.weightGrams,
      },
    ]
  })
}

/** The price of one hop, or null where the table has none. */
function hopOf(from: TransferPlace, to: TransferPlace, rules: SourcingRules) {
  const distance = distanceKilometres(from, to)
  const lane = rules.lanes.find((entry) => entry.from === from.warehouseId && entry.to === to.warehouseId)
  const band = rules.bands.find(({ upToKilometres }) => upToKilometres === null || distance <= upToKilometres)
  const price = lane ?? band
  return price ? { ...price, distanceKilometres: distance } : null
}

/** What every source could give, over each of its routes. */
function candidatesOf(
  sources: Source[],
  destination: TransferPlace,
  { rules }: Input,
  breakSafetyStock: boolean,
): Candidate[] {
  return sources.flatMap(({ level, place, routes }) => {
    const kept = breakSafetyStock ? 0 : level.safetyStock
    const cap = level.available - Math.max(kept, unitsForDays(rules.minimumCoverDays, level, rules))
    const usable = place.active && destination.warehouseId !== place.warehouseId && level.shortfall === 0
    if (!usable || cap < 1) return []
    const free = Math.max(0, level.available - unitsForDays(rules.targetCoverDays, level, rules))
    const penalty = rules.coverCentsPerUnit * MILLI
    return routes.map((route) => ({ level, place, route, cap, free, penalty }))
  })
}

function costOf({ candidate, quantity }: Share): number {
  const { route, free, penalty } = candidate
  return route.fixed + route.perUnit * quantity + penalty * Math.max(0, quantity - free)
}

function planOf(shares: Share[]): Plan {
  return {
    shares,
    cost: sum(shares.map(costOf)),
    distanceKilometres: sum(shares.map((share) => share.candidate.route.distanceKilometres)),
  }
}

/** Negative when a is the better plan. The last words are ids, so that the same input always gives the same plan. */
function comparePlans(a: Plan, b: Plan): number {
  const keyOf = (plan: Plan) => plan.shares.map((share) => share.candidate.route.path.join('>')).join(' ')
  return (
    a.cost - b.cost ||
    a.shares.length - b.shares.length ||
    a.distanceKilometres - b.distanceKilometres ||
    compareText(keyOf(a), keyOf(b))
  )
}

function best(plans: Iterable<Plan>): Plan | null {
  let leader: Plan | null = null
  for (const plan of plans) if (leader === null || comparePlans(plan, leader) < 0) leader = plan
  return leader
}

function cheapestPlan(candidates: Candidate[], quantity: number, rules: SourcingRules): Plan | null {
  return best(allPlans(candidates, quantity, rules))
}

function* allPlans(candidates: Candidate[], quantity: number, rules: SourcingRules): Generator<Plan> {
  yield* singlePlans(candidates, quantity)
  if (rules.maximumSources > 1) yield* pairPlans(candidates, quantity)
}

function* singlePlans(candidates: Candidate[], quantity: number): Generator<Plan> {
  for (const candidate of candidates) if (candidate.cap >= quantity) yield planOf([{ candidate, quantity }])
}

/**
 * The best split over every two sources. A share's cost is a convex line with one bend at `free`, so the cheapest split
 * lies at a bend of either or at an end of what is possible: trying those four is exact.
 */
function* pairPlans(candidates: Candidate[], quantity: number): Generator<Plan> {
  const useful = candidates.filter((candidate) => !candidates.some((other) => isDominated(candidate, other)))
  for (const [index, first] of useful.entries()) {
    for (const second of useful.slice(index + 1)) {
      if (first.level === second.level) continue
      const least = Math.max(1, quantity - second.cap)
      const most = Math.min(first.cap, quantity - 1)
      if (least > most) continue
      const bends = [first.free, quantity - second.free].filter((units) => units > least && units < most)
      for (const units of new Set([least, most, ...bends])) {
        yield planOf([
          { candidate: first, quantity: units },
          { candidate: second, quantity: quantity - units },
        ])
      }
    }
  }
}

/** Whether another route of the same source is nowhere dearer and shorter: then no best plan needs this one. */
function isDominated(candidate: Candidate, other: Candidate): boolean {
  const [a, b] = [candidate.route, other.route]
  return (
    candidate.level === other.level &&
    b.fixed <= a.fixed &&
    b.perUnit <= a.perUnit &&
    b.distanceKilometres < a.distanceKilometres
  )
}

/** The most units that the permitted number of sources could send together. */
function mostOf(candidates: Candidate[], rules: SourcingRules): number {
  const caps = new Map(candidates.map(({ level, cap }) => [level.warehouseId, cap]))
  return sum([...caps.values()].sort((a, b) => b - a).slice(0, rules.maximumSources))
}

/** Nothing was possible: what stood in the way of each. */
function rejectAll(sources: Source[], candidates: Candidate[], input: Input): RejectedAlternative[] {
  return sources.slice(0, SHOWN_ALTERNATIVES).map((source) => {
    const { warehouseId } = source.level
    const path = [warehouseId, input.demand.destinationId]
    return { sourceIds: [warehouseId], path, reason: obstacleOf(source, candidates, input) }
  })
}

/** What keeps a warehouse from sending everything alone. */
function obstacleOf(source: Source, candidates: Candidate[], { demand, rules }: Input): Rejection {
  const { level, place, routes, distanceKilometres: distance } = source
  const own = candidates.find((candidate) => candidate.level === level)
  if (own)
    return { code: 'not-enough', canGive: Math.min(own.cap, demand.quantity), available: level.available }
  if (!place.active) return { code: 'inactive' }
  if (level.shortfall > 0) return { code: 'shortfall', units: level.shortfall }
  if (level.available <= 0) return { code: 'sold-out' }
  if (routes.length === 0) return { code: 'no-freight', distanceKilometres: distance }
  if (!rules.mayBreakSafetyStock && level.available <= level.safetyStock) {
    return { code: 'safety-stock', available: level.available, safetyStock: level.safetyStock }
  }
  const coverDays = coverOf(level, level.available, rules) ?? 0
  return { code: 'cover', coverDays, minimumCoverDays: rules.minimumCoverDays }
}

/** Every warehouse alone, the chosen ones' other routes, and the best split: each with what spoke against it. */
function rejectOthers(
  sources: Source[],
  candidates: Candidate[],
  plan: Plan,
  input: Input,
): RejectedAlternative[] {
  const { demand, rules } = input
  const chosen = new Set(plan.shares.map((share) => share.candidate))
  const alone = sources.flatMap((source): RejectedAlternative[] => {
    const own = candidates.filter((candidate) => candidate.level === source.level)
    const plans = [...singlePlans(own, demand.quantity)].sort(comparePlans)
    const others = plans.filter((other) => plan.shares.length > 1 || !isSame(other, chosen))
    const isChosen = own.some((candidate) => chosen.has(candidate))
    // A source that is chosen is listed again only for its other routes, or for not being enough alone.
    if (plans.length === 0 && isChosen && plan.shares.length === 1) return []
    if (plans.length === 0) {
      const path = [source.level.warehouseId, demand.destinationId]
      return [{ sourceIds: [source.level.warehouseId], path, reason: obstacleOf(source, candidates, input) }]
    }
    return others.slice(0, isChosen ? others.length : 1).map((other) => rejectionOf(other, plan))
  })
  const split =
    rules.maximumSources > 1 && plan.shares.length === 1 ? best(pairPlans(candidates, demand.quantity)) : null
  return [...(split ? [rejectionOf(split, plan)] : []), ...alone].slice(0, SHOWN_ALTERNATIVES)
}

function isSame(plan: Plan, chosen: ReadonlySet<Candidate>): boolean {
  return plan.shares.every((share) => chosen.has(share.candidate))
}

function rejectionOf(other: Plan, chosen: Plan): RejectedAlternative {
  const extraCents = Math.ceil((other.cost - chosen.cost) / MILLI)
  return {
    sourceIds: other.shares.map((share) => share.candidate.level.warehouseId),
    path: other.shares.length === 1 ? (other.shares[0]?.candidate.route.path ?? []) : [],
    reason:
      extraCents > 0
        ? { code: 'dearer', extraCents }
        : { code: 'no-better', distanceKilometres: Math.round(other.distanceKilometres) },
  }
}

function proposalOf(
  plan: Plan,
  destination: TransferPlace,
  rules: SourcingRules,
  rejected: RejectedAlternative[],
): TransferProposal {
  const legs = plan.shares.map(({ candidate, quantity }): ProposedLeg => {
    const { level, route } = candidate
    const availableLeft = level.available - quantity
    return {
      sourceId: level.warehouseId,
      path: route.path,
      quantity,
      distanceKilometres: Math.round(route.distanceKilometres),
      freightCents: Math.ceil((route.fixed + route.perUnit * quantity) / MILLI),
      coverDaysLeft: coverOf(level, availableLeft, rules),
      availableLeft,
      breaksSafetyStock: availableLeft < level.safetyStock,
    }
  })
  const missedUnits = plan.shares.map(({ candidate, quantity }) => Math.max(0, quantity - candidate.free))
  return {
    legs: legs.sort((a, b) => compareText(a.sourceId, b.sourceId)),
    freightCents: sum(legs.map((leg) => leg.freightCents)),
    coverCents: sum(missedUnits) * rules.coverCentsPerUnit,
    crossRegion: plan.shares.some(({ candidate }) => candidate.place.region !== destination.region),
    breaksSafetyStock: legs.some((leg) => leg.breaksSafetyStock),
    rejected,
  }
}

/** Days that the units last by the source's daily sales, to a tenth. */
function coverOf(level: SourceLevel, units: number, rules: SourcingRules): number | null {
  if (level.sold <= 0) return null
  return Math.floor((units * rules.salesWindowDays * 10) / level.sold) / 10
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
