import { z } from 'zod'
import { Behaviour, type BehaviourChange, type Pace } from './behaviour.ts'
import { EffectBook, type Effects, type Refund } from './effects.ts'
import { createHubReports } from './hub-reports.ts'
import { forgetful, type Journal, type JournalEntry, openJournal } from './journal.ts'
import { Parcels } from './parcels.ts'
import { labelOf, type PdaMessage, type PickReport, type PickWish, planPicking } from './picking.ts'
import { type ListingChange, Shelf, type ShelvedListing } from './shelf.ts'
import type { Fate, Scan } from './story.ts'
import { Warehouse } from './warehouse.ts'
import { WmsBooks } from './wms-books.ts'
import type { WmsStep } from './wms-tables.ts'

export type WorldOptions = {
  seed: string
  stateFile?: string
  /** With it the warehouse works its tasks by itself. */
  warehouse?: { hubApi: string; apiKey: string }
  /** The warehouses' own stock systems, kept in step with the work. */
  wms?: { url: string; readerPassword: string }
  pace: Pick<Pace, 'pickingSeconds' | 'deliverySeconds'>
  now: () => number
  log: (line: string) => void
  /** Who takes the warehouses' parcels, by the hub's codes. */
  couriers: readonly string[]
}

/** What is to become of an order, whatever the rates say. */
export type Wish = {
  orderId: string
  pick?: PickWish | undefined
  /** Of all its parcels that are packed from now on. */
  parcel?: Fate | undefined
}

type Task = {
  message: PdaMessage
  reports: PickReport[] | null
  isOver: boolean
  /** The parcel that it shares with others. */
  parcel: { combinedId: string; others: string[] } | null
  isPicked: boolean
}

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
  readonly #wms: WmsBooks | null

  constructor(options: WorldOptions) {
    this.#options = options
    this.behaviour = new Behaviour(options.pace)
    this.#parcels = new Parcels(options.seed)
    const { warehouse, wms, log } = options
    this.#wms = warehouse && wms ? new WmsBooks({ ...warehouse, ...wms, log }) : null
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
    if (body.kind === 'pick_task_withdrawn') {
      this.#warehouse?.withdraw(body.pickTaskId)
      void this.#putBack(task, 'pick')
    } else this.#beginWork(task)
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

  /** What is known of a parcel at this moment; undefined for a number that no courier has seen. */
  parcel(waybillNumber: string): Scan[] | 'unreachable' | undefined {
    return this.#parcels.look(waybillNumber, this.#options.now())
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
    await this.#wms?.close()
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
    const { kind, pickTaskId, combinedId, combinedWith = [] } = message
    const known = this.#tasks.get(pickTaskId)
    const isOver = known?.isOver === true || kind === 'pick_task_withdrawn'
    if (!this.#firstTasks.has(message.orderId)) this.#firstTasks.set(message.orderId, pickTaskId)
    const parcel = combinedId === undefined ? (known?.parcel ?? null) : { combinedId, others: combinedWith }
    this.#tasks.set(pickTaskId, {
      // What was to be picked from the beginning; a later message has what is left.
      message: known && kind !== 'pick_task_created' ? known.message : message,
      reports: known?.reports ?? null,
      isOver,
      parcel: kind === 'pick_task_separated' ? null : parcel,
      isPicked: known?.isPicked ?? false,
    })
  }

  /** Under its own label, or under the one of the parcel that it shares once the others are picked, too. */
  #labelFor(pickTaskId: string, report: PickReport['body']): PickReport['body'] | null {
    const parcel = this.#tasks.get(pickTaskId)?.parcel
    if (!parcel) return report
    const isMissing = (id: string) => {
      const other = this.#tasks.get(id)
      if (!other) return true
      return !other.isOver && !other.isPicked && other.parcel?.combinedId === parcel.combinedId
    }
    if (parcel.others.some(isMissing)) return null
    const { seed, couriers } = this.#options
    const packedWith = parcel.others.filter((id) => {
      const other = this.#tasks.get(id)
      return other?.isPicked === true && other.parcel?.combinedId === parcel.combinedId
    })
    return { ...report, ...labelOf(seed, parcel.combinedId, couriers), packedWith }
  }

  #openWarehouse(): Warehouse | null {
    const { warehouse, log } = this.#options
    if (!warehouse) return null
    return new Warehouse(
      createHubReports(warehouse, log),
      {
        labelFor: (pickTaskId, report) => this.#labelFor(pickTaskId, report),
        onPacking: (pickTaskId, waybillNumber, packedAtMs) => {
          const wish = this.#wishes.get(this.#tasks.get(pickTaskId)?.message.orderId ?? '')
          if (!this.#parcels.has(waybillNumber)) this.#pack(waybillNumber, packedAtMs, wish?.parcel)
        },
        onStep: async (pickTaskId, report) => this.#bookStep(pickTaskId, report),
        onHeard: async (pickTaskId, { type }, answer) => {
          const task = this.#tasks.get(pickTaskId)
          if (!task) return
          if (answer === 'accepted' && type === 'picked') task.isPicked = true
          if (answer === 'refused') await this.#putBack(task, type === 'packed' ? 'pack' : 'pick')
          else if (type === 'packed') await this.#take(task, 'dispatch')
        },
        onOver: (pickTaskId) => {
          if (!this.#tasks.get(pickTaskId)?.isOver) this.#happen({ type: 'task_over', pickTaskId })
        },
      },
      log,
    )
  }

  /** What a step means for the stock system: units that are missing are written off, picked or packed ones leave. */
  async #bookStep(pickTaskId: string, report: PickReport['body']): Promise<void> {
    const task = this.#tasks.get(pickTaskId)
    if (!task) return
    if (report.type === 'picked') await this.#take(task, 'pick')
    if (report.type === 'packed') await this.#take(task, 'pack')
    if (report.type === 'short') {
      const { pickTaskId: key, warehouseId } = task.message
      const lines = [...missingUnits(task)].map(([skuId, missing]) => ({ skuId, delta: -missing }))
      await this.#wms?.book({ key: `${key}/short`, warehouseId, lines })
    }
  }

  /** Where the number falls at this step, it falls now. */
  async #take(task: Task, step: WmsStep): Promise<void> {
    const { pickTaskId, warehouseId } = task.message
    if (this.#wms?.fallsAt(warehouseId) !== step) return
    await this.#wms.book({ key: `${pickTaskId}/${step}`, warehouseId, lines: takenUnits(task, -1) })
  }

  async #putBack(task: Task, step: WmsStep): Promise<void> {
    const { pickTaskId, warehouseId } = task.message
    const key = `${pickTaskId}/${step}`
    await this.#wms?.undo(key, { key: `${key}/undone`, warehouseId, lines: takenUnits(task, 1) })
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
        couriers: this.#options.couriers,
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

/** Units that were not found, by SKU, as the task's reports say. */
function missingUnits({ message, reports }: Task): Map<string, number> {
  const missing = new Map<string, number>()
  for (const { body } of reports ?? []) {
    for (const { lineNumber, quantityMissing } of shortLines.parse(body).lines ?? []) {
      const skuId = message.lines.find((line) => line.lineNumber === lineNumber)?.skuId
      if (skuId) missing.set(skuId, (missing.get(skuId) ?? 0) + quantityMissing)
    }
  }
  return missing
}

const shortLines = z.looseObject({
  lines: z.array(z.looseObject({ lineNumber: z.number(), quantityMissing: z.number() })).optional(),
})

/** Units that are picked and packed: those of the task without the missing ones. */
function takenUnits(task: Task, sign: 1 | -1): { skuId: string; delta: number }[] {
  const missing = missingUnits(task)
  const units = new Map<string, number>()
  for (const { skuId, quantity } of task.message.lines) units.set(skuId, (units.get(skuId) ?? 0) + quantity)
  return [...units]
    .map(([skuId, quantity]) => ({ skuId, delta: sign * (quantity - (missing.get(skuId) ?? 0)) }))
    .filter(({ delta }) => delta !== 0)
}
