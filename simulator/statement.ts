import { z } from 'zod'
import { type Answer, type Call, refusal, withBody } from './http.ts'
import { isSigned } from './signature.ts'

const PAGE = 500

/** What can be planted in a statement, as reconciliation is to find it. */
export const PLANTED = ['missing_here', 'missing_there', 'amount', 'status', 'duplicate', 'timing'] as const
export type Planted = (typeof PLANTED)[number]

/** How a line becomes wrong, by kind; what a statement has nothing of, such as a state, cannot be. */
export type Wrongs<Line> = Partial<
  Record<Exclude<Planted, 'missing_there' | 'duplicate'>, (line: Line) => Line>
>

export type StatementOptions<Line> = {
  schema: z.ZodType<Line>
  /** What the hub signs its calls with. */
  secret: string
  now: () => number
  /** By which time a line belongs to a period. */
  at: (line: Line) => string
  wrongs: Wrongs<Line>
  /** What a page calls its lines. */
  name?: string
}

const said = (status: number, code: string, message: string): Answer => ({ status, body: { code, message } })

/**
 * What one of the outside's systems has on record, told page by page over signed HTTP: lines by their id. Any of them can be made
 * wrong in a way that is known.
 */
export class Statement<Line extends { lineId: string }> {
  readonly #lines = new Map<string, Line>()
  readonly #options: StatementOptions<Line>

  constructor(options: StatementOptions<Line>) {
    this.#options = options
  }

  add(lines: readonly Line[]): void {
    for (const line of lines) this.#lines.set(line.lineId, line)
  }

  lines(): Line[] {
    return [...this.#lines.values()]
  }

  mayPlant(kind: Planted, lineId: string): boolean {
    const isSimple = kind === 'missing_there' || kind === 'duplicate'
    return this.#lines.has(lineId) && (isSimple || this.#options.wrongs[kind] !== undefined)
  }

  /**
   * Makes a line wrong: `missing_here` and `duplicate` put another one beside it, all others change it or take it away.
   *
   * @returns the id of the line that tells of it, or did
   * @throws Error where it cannot be: a test that asks for that has a mistake
   */
  plant(kind: Planted, lineId: string): string {
    const line = this.#lines.get(lineId)
    if (!line || !this.mayPlant(kind, lineId)) throw new Error(`${kind} cannot be planted in ${lineId}`)
    if (kind === 'missing_there') {
      this.#lines.delete(lineId)
      return lineId
    }
    const wrong = kind === 'duplicate' ? line : (this.#options.wrongs[kind]?.(line) ?? line)
    const isBeside = kind === 'duplicate' || kind === 'missing_here'
    const told = isBeside ? `${lineId}-${kind}` : lineId
    this.#lines.set(told, { ...wrong, lineId: told })
    return told
  }

  /** `GET …?from=&to=&cursor=`. The cursor is the last id of the page before. */
  answer(call: Call): Answer {
    const { secret, now, at, name = 'lines' } = this.#options
    const { method, path, body } = call
    const timestamp = call.header('x-hub-timestamp')
    const signature = call.header('x-hub-signature')
    if (!isSigned({ method, path, body, timestamp, signature }, secret, now())) {
      return said(401, 'signature-wrong', 'the signature is missing, wrong or too old')
    }
    if (method !== 'GET') return said(405, 'method-wrong', 'only GET')
    const query = new URL(path, 'http://statement').searchParams
    const [from, to] = [Date.parse(query.get('from') ?? ''), Date.parse(query.get('to') ?? '')]
    if (!(from < to)) return said(400, 'period-wrong', 'from must be before to')
    const after = query.get('cursor') ?? ''
    const rest = this.lines()
      .filter((line) => Date.parse(at(line)) >= from && Date.parse(at(line)) < to && line.lineId > after)
      .sort((one, other) => (one.lineId < other.lineId ? -1 : 1))
    const lines = rest.slice(0, PAGE)
    const nextCursor = rest.length > PAGE ? (lines.at(-1)?.lineId ?? null) : null
    return { status: 200, body: { [name]: lines, nextCursor } }
  }

  /** `GET` and `POST /control/…` `{lines, plant: [{kind, lineId}]}`: what is on record, and what is to be wrong about it. */
  control(call: Call): Answer | Promise<Answer> {
    const describe = (): Answer => ({ status: 200, body: { lines: this.lines() } })
    if (call.method === 'GET') return describe()
    const planted = z.strictObject({ kind: z.enum(PLANTED), lineId: z.string() })
    const body = z.strictObject({
      lines: z.array(this.#options.schema).max(5_000).default([]),
      plant: z.array(planted).max(100).default([]),
    })
    return withBody(call, body, ({ lines, plant }) => {
      this.add(lines)
      const never = plant.find(({ kind, lineId }) => !this.mayPlant(kind, lineId))
      if (never) return refusal(400, `${never.kind} cannot be planted in ${never.lineId}`)
      for (const { kind, lineId } of plant) this.plant(kind, lineId)
      return describe()
    })
  }
}

const DAY_MS = 86_400_000
/** Beyond what the built-in policy tolerates. */
export const WRONG_CENTS = 137
const WRONG_DAYS = 9

/** Earlier, so that it stays within what a run looks at. */
export function daysEarlier(at: string): string {
  return new Date(Date.parse(at) - WRONG_DAYS * DAY_MS).toISOString()
}
