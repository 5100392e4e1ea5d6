/** A pick task as it is worked on this device, from the first scan to the packed parcel. */
export type Pick = {
  pickTaskId: string
  /** Of this device's work on the task: each of its steps is told under an id that follows from it, so that it counts once. */
  key: string
  begunAtMs: number
  /** As they were when it was begun here; what is missing is counted beside them. */
  lines: readonly PickLine[]
  step: 'picking' | 'picked' | 'packed'
}
export type PickLine = {
  lineNumber: number
  skuId: string
  quantity: number
  picked: number
  missing: number
}

type TaskLine = { lineNumber: number; skuId: string; quantity: number }

/** What a scan comes to: only `counted` changes anything. */
export type ScanResult =
  | { kind: 'counted'; pick: Pick; line: PickLine }
  /** Not of this task: put it back. */
  | { kind: 'wrong'; code: string }
  /** Of this task, but all of it is there already. */
  | { kind: 'enough'; code: string; line: PickLine }

/** Nothing of it picked so far. @param state as the hub has it: another device may have picked it already */
export function beginPick(
  task: { pickTaskId: string; lines: readonly TaskLine[]; state: string },
  { key, nowMs }: { key: string; nowMs: number },
): Pick {
  const isPicked = task.state === 'picked'
  const lines = task.lines.map(({ lineNumber, skuId, quantity }) => ({
    ...{ lineNumber, skuId, quantity },
    picked: isPicked ? quantity : 0,
    missing: 0,
  }))
  const { pickTaskId } = task
  return { pickTaskId, key, begunAtMs: nowMs, lines, step: isPicked ? 'picked' : 'picking' }
}

/** How many units of a line are still to be found. */
export function leftOf({ quantity, picked, missing }: PickLine): number {
  return quantity - picked - missing
}

/** One unit was scanned: it counts for the first line that still wants one of its article. Scanners may write small letters. */
export function scanItem(pick: Pick, scanned: string): ScanResult {
  const code = scanned.trim()
  const wanted = pick.lines.filter(({ skuId }) => skuId.toLowerCase() === code.toLowerCase())
  const [first] = wanted
  if (!first) return { kind: 'wrong', code }
  const open = wanted.find((line) => leftOf(line) > 0)
  if (!open || pick.step !== 'picking') return { kind: 'enough', code, line: open ?? first }
  const line = { ...open, picked: open.picked + 1 }
  return { kind: 'counted', line, pick: withLine(pick, line) }
}

/** The rest of a line is not to be found. */
export function reportMissing(
  pick: Pick,
  lineNumber: number,
): { pick: Pick; quantityMissing: number } | null {
  const line = pick.lines.find((each) => each.lineNumber === lineNumber)
  if (!line || pick.step !== 'picking' || leftOf(line) === 0) return null
  const quantityMissing = leftOf(line)
  return { quantityMissing, pick: withLine(pick, { ...line, missing: line.missing + quantityMissing }) }
}

export function isComplete(pick: Pick): boolean {
  return pick.lines.every((line) => leftOf(line) === 0)
}

/** Whether there is anything to pack: where nothing was found, the hub closes the task by itself. */
export function isEmpty(pick: Pick): boolean {
  return pick.lines.every(({ picked }) => picked === 0)
}

function withLine(pick: Pick, line: PickLine): Pick {
  return {
    ...pick,
    lines: pick.lines.map((each) => (each.lineNumber === line.lineNumber ? line : each)),
  }
}
