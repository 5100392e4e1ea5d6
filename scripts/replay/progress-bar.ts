import type { RunState } from './run-state.ts'
import type { Selection } from './selection.ts'

const barWidth = 24
/** A terminal is redrawn this often; a log file gets a line every ten seconds. */
const redrawMs = 250
const logLineMs = 10_000

/** `[#####     ]  42 %  2010-01-04 14:20  orders 812/1935, arrived 640, ended 600, returns 12/40` */
export function progressLine(state: RunState, { orders, returns }: Selection): string {
  const handled = state.sent.orders + [...state.sent.refused.values()].reduce((sum, count) => sum + count, 0)
  const all = 3 * orders.length + returns.length
  // An order that was refused will neither arrive nor end.
  const { size: arrived } = state.arrivedOrderIds
  const { size: ended } = state.endedOrderIds
  const done = 3 * handled - 2 * state.placed.size + arrived + ended + state.returnsOver
  const fraction = all === 0 ? 1 : done / all
  const bar = '#'.repeat(Math.floor(fraction * barWidth)).padEnd(barWidth)
  const at = new Date(state.fileSeconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')
  return (
    `[${bar}] ${String(Math.floor(fraction * 100)).padStart(3)} %  ${state.fileSeconds === 0 ? 'starting' : at}  ` +
    `orders ${handled}/${orders.length}, arrived ${arrived}, ended ${ended}, returns ${state.returnsOver}/${returns.length}`
  )
}

/** Shows a line that changes, until the returned function is called. */
export function showProgress(line: () => string, stream: NodeJS.WriteStream = process.stdout): () => void {
  const isTerminal = stream.isTTY === true
  const draw = () => {
    if (stream.writable) stream.write(isTerminal ? `\r\x1b[K${line()}` : `${line()}\n`)
  }
  const timer = setInterval(draw, isTerminal ? redrawMs : logLineMs)
  return () => {
    clearInterval(timer)
    draw()
    if (isTerminal) stream.write('\n')
  }
}
