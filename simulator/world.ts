import { Behaviour, type BehaviourChange, type Pace } from './behaviour.ts'
import { EffectBook, type Effects, type Refund } from './effects.ts'
import { createHubReports } from './hub-reports.ts'
import { forgetful, type Journal, type JournalEntry, openJournal } from './journal.ts'
import { Parcels } from './parcels.ts'
import { type PdaMessage, type PickReport, type PickWish, planPicking } from './picking.ts'
import { type ListingChange, Shelf, type ShelvedListing } from './shelf.ts'
import type { Fate, Scan } from './story.ts'
import { Warehouse } from './warehouse.ts'

export type WorldOptions = {
  seed: string
  stateFile?: string
  /** With it the warehouse works its tasks by itself. */
  warehouse?: { hubApi: string; apiKey: string }
  pace: Pick<Pace, 'pickingSeconds' | 'deliverySeconds'>
  now: () => number
  log: (line: string) => void
}

/** What is to become of an order, whatever the rates say. */
export type Wish = {
  orderId: string
  pick?: PickWish | undefined
  /** Of all its parcels that are packed from now on. */
  parcel?: Fate | undefined
}

type Task = { message: PdaMessage; reports: PickReport[] | null; isOver: boolean }

/**
 * Everything that exists outside the hub: money sent back, tasks, parcels. Whatever happens goes into the journal
 * first, and a world that is opened on a journal goes on where the last one ended.
 */
export class World {
  readonly behaviour: Behaviour
  readonly #options: WorldOptions
  readonly #journal: Journal
  readonly #book = new EffectBook()
  readonly #shelf = new Shelf()
  readonly #parcels: Parcels
  readonly #tasks = new Map<string, Task>()
  /** By order. */
  readonly #firstTasks = new Map<string, string>()
  readonly #wishes = new Map<string, Wish>()
  readonly #warehouse: Warehouse | null

  constructor(options: WorldOptions) {
    this.#options = options
    this.behaviour = new Behaviour(options.pace)
    this.#parcels = new Parcels(options.seed)
    this.#warehouse = this.#openWarehouse()
    const { journal, entries } = options.stateFile
      ? openJournal(options.stateFile)
      : { journal: forgetful, entries: [] }
    for (const entry of entries) this.#remember(entry)
    this.#journal = journal
    for (const task of this.#tasks.values()) this.#beginWork(task)
  }

  /** Sends money back, once for each key. */
  refund(key: string, body: Refund, isWilling: boolean): 'applied' | 'repeated' | 'conflict' | 'unwilling' {
    return this.#effect(key, body, isWilling, (isApplied) => ({ type: 'refund', key, body, isApplied }))
  }

  /** Hands a message to the warehouse, once for each key. */
  message(
    key: string,
    body: PdaMessage,
    isWilling: boolean,
  ): 'applied' | 'repeated' | 'conflict' | 'unwilling' {
    const outcome = this.#effect(key, body, isWilling, (isApplied) => ({ type: 'pda', key, body, isApplied }))
    const task = this.#tasks.get(body.pickTaskId)
    if (outcome !== 'applied' || !task) return outcome
    if (body.kind === 'pick_task_withdrawn') this.#warehouse?.withdraw(body.pickTaskId)
    else this.#beginWork(task)
    return outcome
  }

  /** Shows another quantity of an article, unless a higher version is shown already. */
  showListing(
    key: string,
    body: ListingChange,
    isWilling: boolean,
  ): 'applied' | 'repeated' | 'conflict' | 'unwilling' {
    const judgement = this.#shelf.judge(key, body)
    if (judgement === 'conflict') {
      this.#book.noteConflict()
      return 'conflict'
    }
    this.#happen({ type: 'listing', key, body, isWilling, atMs: this.#options.now() })
    if (!isWilling) return 'unwilling'
    return judgement === 'new' ? 'applied' : 'repeated'
  }

  /** What the mall shows of an article, if it was ever told about it. */
  shownListing(place: { storeId: string; skuId: string }): ShelvedListing | undefined {
    return this.#shelf.find(place)
  }

  /** What the courier shows of a parcel at this moment; a number it has never seen is packed now. */
  scans(waybillNumber: string): Scan[] | 'unreachable' {
    const nowMs = this.#options.now()
    const known = this.#parcels.look(waybillNumber, nowMs)
    if (known) return known
    this.#pack(waybillNumber, nowMs)
    return this.#parcels.look(waybillNumber, nowMs) ?? []
  }

  behave(change: BehaviourChange): void {
    this.behaviour.change(change)
  }

  script(waybillNumber: string, scans: Scan[]): void {
    this.#happen({ type: 'script', waybillNumber, scans })
  }

  wish(wish: Wish): void {
    this.#happen({ type: 'wish', ...wish })
  }

  effects(): Effects {
    return { ...this.#book.list(), listings: this.#shelf.list() }
  }

  async close(): Promise<void> {
    await this.#warehouse?.close()
    this.#journal.close()
  }

  #effect(
    key: string,
    body: Refund | PdaMessage,
    isWilling: boolean,
    entry: (isApplied: boolean) => JournalEntry,
  ) {
    const judgement = this.#book.judge(key, body)
    if (judgement === 'conflict') {
      this.#book.noteConflict()
      return 'conflict'
    }
    this.#happen(entry(isWilling && judgement === 'new'))
    if (!isWilling) return 'unwilling'
    return judgement === 'new' ? 'applied' : 'repeated'
  }

  #happen(entry: JournalEntry): void {
    this.#journal.append(entry)
    this.#remember(entry)
  }

  #remember(entry: JournalEntry): void {
    switch (entry.type) {
      case 'refund':
        return this.#book.noteRefund(entry.key, entry.body, entry.isApplied)
      case 'pda':
        this.#book.noteMessage(entry.key, entry.body, entry.isApplied)
        if (entry.isApplied) this.#rememberTask(entry.body)
        return
      case 'listing':
        return this.#shelf.note(entry.key, entry.body, entry.isWilling, entry.atMs)
      case 'task': {
        const task = this.#tasks.get(entry.pickTaskId)
        if (task) task.reports = entry.reports
        return
      }
      case 'task_over': {
        const task = this.#tasks.get(entry.pickTaskId)
        if (task) task.isOver = true
        return
      }
      case 'parcel':
        return this.#parcels.add(entry)
      case 'script':
        return this.#parcels.script(entry.waybillNumber, entry.scans)
      case 'wish':
        this.#wishes.set(entry.orderId, entry)
        return
    }
  }

  /** A withdrawal that comes first must keep the task from being begun. */
  #rememberTask(message: PdaMessage): void {
    const known = this.#tasks.get(message.pickTaskId)
    const isOver = known?.isOver === true || message.kind === 'pick_task_withdrawn'
    if (!this.#firstTasks.has(message.orderId)) this.#firstTasks.set(message.orderId, message.pickTaskId)
    this.#tasks.set(message.pickTaskId, { message, reports: known?.reports ?? null, isOver })
  }

  #openWarehouse(): Warehouse | null {
    const { warehouse, log } = this.#options
    if (!warehouse) return null
    return new Warehouse(
      createHubReports(warehouse, log),
      {
        onPacking: (pickTaskId, waybillNumber, packedAtMs) => {
          const wish = this.#wishes.get(this.#tasks.get(pickTaskId)?.message.orderId ?? '')
          if (!this.#parcels.has(waybillNumber)) this.#pack(waybillNumber, packedAtMs, wish?.parcel)
        },
        onOver: (pickTaskId) => {
          if (!this.#tasks.get(pickTaskId)?.isOver) this.#happen({ type: 'task_over', pickTaskId })
        },
      },
      log,
    )
  }

  #beginWork(task: Task): void {
    if (!this.#warehouse || task.isOver) return
    const { message } = task
    if (!task.reports) {
      const { pickingSeconds, shortPick } = this.behaviour.pace
      const reports = planPicking(message, {
        seed: this.#options.seed,
        receivedAtMs: this.#options.now(),
        pickingSeconds,
        shortPick,
        wish: this.#wishes.get(message.orderId)?.pick,
        isFirstOfOrder: this.#firstTasks.get(message.orderId) === message.pickTaskId,
      })
      this.#happen({ type: 'task', pickTaskId: message.pickTaskId, reports })
    }
    this.#warehouse.begin(message.pickTaskId, task.reports ?? [])
  }

  #pack(waybillNumber: string, packedAtMs: number, fate?: Fate): void {
    const facts = this.#parcels.foresee(waybillNumber, packedAtMs, this.behaviour.pace, fate)
    this.#happen({ type: 'parcel', ...facts })
  }
}
