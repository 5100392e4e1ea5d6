import type { Redis } from 'ioredis'
import { z } from 'zod'
import { QueueFullError } from './group-commit.ts'
import type { InboxHint } from './intake.ts'

/** Where pushes lie while the database is away, slow or has too many waiting. */
export const STREAM_KEY = 'order-hub/intake'
const GROUP = 'inbox'

export type StreamLimits = {
  /** Pushes that lie there. More are refused, never trimmed: what was acknowledged stays. */
  entries: number
  bytes: number
}
const STREAM_LIMITS: StreamLimits = { entries: 200_000, bytes: 512 * 1024 * 1024 }

/** Without any one of these a push that Redis has may be gone after a crash, or before. */
const DURABLE: [setting: string, value: string][] = [
  ['appendonly', 'yes'],
  ['appendfsync', 'always'],
  ['maxmemory-policy', 'noeviction'],
]

/** Appends unless it is full; both in one step, and with what lies there counted. */
const APPEND = `
if redis.call('XLEN', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
local bytes = tonumber(redis.call('GET', KEYS[2]) or '0')
if bytes + #ARGV[3] > tonumber(ARGV[2]) then return 0 end
redis.call('XADD', KEYS[1], '*', 'hints', ARGV[3])
redis.call('INCRBY', KEYS[2], #ARGV[3])
return 1`
/** Takes away what is in the inbox now; what somebody else took away already is not counted twice. */
const REMOVE = `
for index = 2, #ARGV do
  local entry = redis.call('XRANGE', KEYS[1], ARGV[index], ARGV[index])[1]
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[index])
  if entry then
    redis.call('XDEL', KEYS[1], ARGV[index])
    redis.call('DECRBY', KEYS[2], #entry[2][2])
  end
end
return redis.call('XLEN', KEYS[1])`

/** `hints` is null where an entry is none of ours. */
export type StreamEntry = { id: string; text: string; hints: InboxHint[] | null }

type Commands = {
  hubIntakeAppend: (stream: string, bytes: string, ...values: (string | number)[]) => Promise<number>
  hubIntakeRemove: (stream: string, bytes: string, ...values: string[]) => Promise<number>
}

/** The overflow of the inbox: a Redis stream that counts as durable only where Redis was asked and said so. */
export class HintStream {
  readonly #redis: Redis & Commands
  readonly #key: string
  readonly #limits: StreamLimits
  readonly #onChange: (problem: string | null) => void
  #isDurable = false
  #checking: Promise<void> = Promise.resolve()

  /**
   * @param redis a connection that fails at once while Redis is away, and comes back by itself
   * @param options.onChange hears why Redis does not count as durable, or null when it does
   */
  constructor(
    redis: Redis,
    options: {
      key?: string
      limits?: Partial<StreamLimits>
      onChange?: (problem: string | null) => void
    } = {},
  ) {
    redis.defineCommand('hubIntakeAppend', { numberOfKeys: 2, lua: APPEND })
    redis.defineCommand('hubIntakeRemove', { numberOfKeys: 2, lua: REMOVE })
    // `defineCommand` adds these methods, which its type cannot say.
    this.#redis = redis as Redis & Commands
    this.#key = options.key ?? STREAM_KEY
    this.#limits = { ...STREAM_LIMITS, ...options.limits }
    this.#onChange = options.onChange ?? (() => undefined)
    redis.on('ready', () => this.#check())
    redis.on('close', () => {
      this.#isDurable = false
    })
    if (redis.status === 'ready') this.#check()
  }

  /** Whether what is appended now would survive a crash of Redis. */
  get isDurable(): boolean {
    return this.#isDurable
  }

  /** The check that a new connection begins with. */
  checked(): Promise<void> {
    return this.#checking
  }

  /**
   * Appends the hints of one push. Durable when it returns.
   *
   * @throws QueueFullError, or Error when Redis is away or does not count as durable
   */
  async append(hints: readonly InboxHint[]): Promise<void> {
    if (!this.#isDurable) throw new Error('Redis does not count as durable')
    const { entries, bytes } = this.#limits
    const text = JSON.stringify(hints)
    if ((await this.#redis.hubIntakeAppend(this.#key, `${this.#key}/bytes`, entries, bytes, text)) === 0) {
      throw new QueueFullError('the stream of waiting messages is full')
    }
  }

  /**
   * Takes entries for this consumer: first its own that it has not finished, then those of a consumer that has been
   * silent for so long, then new ones.
   */
  async take(consumer: string, options: { count: number; silentMs: number }): Promise<StreamEntry[]> {
    const { count, silentMs } = options
    try {
      const own = await this.#read(consumer, count, '0')
      if (own.length > 0) return own
      const [, claimed] = claimReply.parse(
        await this.#redis.xautoclaim(this.#key, GROUP, consumer, silentMs, '0', 'COUNT', count),
      )
      const left = entriesOf(claimed)
      return left.length > 0 ? left : await this.#read(consumer, count, '>')
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOGROUP'))) throw error
      await this.#createGroup()
      return []
    }
  }

  /** Deletes entries whose hints are in the inbox now. */
  async remove(ids: string[]): Promise<void> {
    if (ids.length > 0) await this.#redis.hubIntakeRemove(this.#key, `${this.#key}/bytes`, GROUP, ...ids)
  }

  /** Forgets consumers that have been silent for so long and have nothing left to do. */
  async forgetConsumers(silentMs: number): Promise<void> {
    const consumers = consumersReply.parse(await this.#redis.xinfo('CONSUMERS', this.#key, GROUP))
    for (const flat of consumers) {
      const field = (name: string) => flat[flat.indexOf(name) + 1]
      if (field('pending') === 0 && Number(field('idle')) > silentMs) {
        await this.#redis.xgroup('DELCONSUMER', this.#key, GROUP, String(field('name')))
      }
    }
  }

  length(): Promise<number> {
    return this.#redis.xlen(this.#key)
  }

  async #read(consumer: string, count: number, from: string): Promise<StreamEntry[]> {
    const reply = await this.#redis.xreadgroup(
      'GROUP',
      GROUP,
      consumer,
      'COUNT',
      count,
      'STREAMS',
      this.#key,
      from,
    )
    return reply === null ? [] : entriesOf(readReply.parse(reply)[0]?.[1] ?? [])
  }

  async #createGroup(): Promise<void> {
    try {
      // From the beginning: what was appended before there was a group is waiting, too.
      await this.#redis.xgroup('CREATE', this.#key, GROUP, '0', 'MKSTREAM')
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('BUSYGROUP'))) throw error
    }
  }

  #check(): void {
    this.#isDurable = false
    this.#checking = this.#problem().then(
      (problem) => {
        this.#isDurable = problem === null
        this.#onChange(problem)
      },
      (error: unknown) => this.#onChange(error instanceof Error ? error.message : String(error)),
    )
  }

  async #problem(): Promise<string | null> {
    for (const [setting, wanted] of DURABLE) {
      const [, value] = z.array(z.string()).parse(await this.#redis.config('GET', setting))
      if (value !== wanted) return `${setting} is ${value ?? 'not told'}, not ${wanted}`
    }
    return null
  }
}

const entryReply = z.tuple([z.string(), z.array(z.string()).nullable()])
const readReply = z.array(z.tuple([z.string(), z.array(entryReply)]))
const claimReply = z.tuple([z.string(), z.array(entryReply.nullable())]).rest(z.unknown())
const consumersReply = z.array(z.array(z.union([z.string(), z.number()])))
const inboxHint: z.ZodType<InboxHint> = z.object({
  source: z.string(),
  shop: z.string(),
  sourceEventId: z.string(),
  type: z.string(),
  orderKey: z.string(),
  state: z.enum(['hint', 'set_aside', 'dismissed']),
  occurredAt: z.iso.datetime(),
  receivedAt: z.iso.datetime(),
  traceParent: z.string().nullable(),
  body: z.union([z.object({ raw: z.string() }), z.object({ escaped: z.string() })]),
  raise: z.object({ kind: z.enum(['unknown_shop', 'unknown_channel_message']), key: z.string() }).nullable(),
})

/** An entry that was deleted while it was claimed has no fields. */
function entriesOf(entries: (z.output<typeof entryReply> | null)[]): StreamEntry[] {
  return entries.flatMap((entry): StreamEntry[] => {
    if (!entry) return []
    const [id, fields] = entry
    const text = fields?.[1] ?? ''
    return [{ id, text, hints: parseHints(text) }]
  })
}

function parseHints(text: string): InboxHint[] | null {
  try {
    return z.array(inboxHint).parse(JSON.parse(text))
  } catch {
    return null // not ours, or of another version: the consumer keeps it for a person
  }
}
