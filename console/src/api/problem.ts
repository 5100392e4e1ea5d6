const KEPT: ReadonlySet<number> = new Set([404, 409, 422])

/** What went wrong with a request, in the words of the API (RFC 9457), or of the console where nothing answered. */
export class Problem extends Error {
  /** The stable code of the catalogue; `unreachable` where no answer came. */
  readonly code: string
  /** HTTP status; 0 where no answer came. */
  readonly status: number
  readonly title: { zh: string; en: string }
  /** What to do about it, in English; the catalogue has no Chinese for this. */
  readonly todo: string
  /** By which the API's log finds the request. */
  readonly requestId: string | null
  readonly fields: readonly { field: string; message: string }[]
  /** Who was first, where somebody else has decided. */
  readonly decidedBy: string | null
  /** Orders that stand in the way. */
  readonly orderIds: readonly string[]

  constructor(from: {
    code: string
    status: number
    title: { zh: string; en: string }
    detail: string
    todo?: string
    requestId?: string | null
    fields?: readonly { field: string; message: string }[]
    decidedBy?: string | null
    orderIds?: readonly string[]
  }) {
    super(from.detail)
    this.name = 'Problem'
    this.code = from.code
    this.status = from.status
    this.title = from.title
    this.todo = from.todo ?? ''
    this.requestId = from.requestId ?? null
    this.fields = from.fields ?? []
    this.decidedBy = from.decidedBy ?? null
    this.orderIds = from.orderIds ?? []
  }

  /**
   * Whether the operation itself was refused: the API keeps that under the idempotency key and would say it again. What is said
   * before an operation is begun (who asks, what is malformed, too many at once) says nothing of an earlier try.
   */
  get isKept(): boolean {
    return KEPT.has(this.status) && !this.passes
  }

  /** Whether the same request may be answered differently in a moment. */
  get passes(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500 || this.code === 'request-in-flight'
  }

  /** Whether the same can be sent again as it is: it passes, or whoever sends it has to sign in first. */
  get canBeSentAgain(): boolean {
    return this.passes || this.code === 'unauthenticated'
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

/** The problem in an answer. One that is none of the API's (a proxy's page, say) keeps its status. */
export async function readProblem(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null)
  const read = (name: string): unknown =>
    typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
  const en = text(read('title')) ?? `HTTP ${response.status}`
  const errors = read('errors')
  const orderIds = read('orderIds')
  return new Problem({
    code: text(read('code')) ?? `http-${response.status}`,
    status: response.status,
    title: { en, zh: text(read('titleZh')) ?? en },
    detail: text(read('detail')) ?? en,
    todo: text(read('todo')) ?? '',
    requestId: response.headers.get('x-request-id'),
    fields: Array.isArray(errors) ? errors.flatMap(readField) : [],
    decidedBy: text(read('decidedBy')),
    orderIds: Array.isArray(orderIds) ? orderIds.filter((id) => typeof id === 'string') : [],
  })
}

function readField(entry: unknown): { field: string; message: string }[] {
  if (typeof entry !== 'object' || entry === null) return []
  const field = text(Reflect.get(entry, 'field'))
  const message = text(Reflect.get(entry, 'message'))
  return field === null || message === null ? [] : [{ field, message }]
}

/** No answer: the network is away, or the hub is being restarted. */
export function unreachable(cause: unknown): Problem {
  return new Problem({
    code: 'unreachable',
    status: 0,
    title: { zh: '无法连接订单中台', en: 'The hub cannot be reached' },
    detail: cause instanceof Error ? cause.message : String(cause),
    todo: 'Check the network; what you typed is kept.',
  })
}

/** Whatever was thrown, as a problem: a bug of the console is shown like any other failure. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  return new Problem({
    code: 'console-error',
    status: -1,
    title: { zh: '页面出错', en: 'This page failed' },
    detail: error instanceof Error ? error.message : String(error),
  })
}
