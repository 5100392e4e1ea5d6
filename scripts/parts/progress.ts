/** Where lines for the user go. Replaced in tests. */
export type Print = (line: string) => void

/** What takes longer than this is worth a line. */
const quietMs = 2_000
/** A line this often while it still goes on. */
const repeatMs = 10_000

/** Print to standard output; a closed pipe (`npm start | head`) must not take the processes down with it. */
export const print: Print = (line) => {
  if (process.stdout.writable) process.stdout.write(`${line}\n`)
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

/** Seconds since `startedAt`, for people: "0.4 s", "12 s". */
export function elapsed(startedAt: number, now = Date.now()): string {
  const seconds = (now - startedAt) / 1_000
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`
}

/** Run `work`; nothing is printed if it is done within two seconds, otherwise its name, its progress and its end. */
export async function withProgress<T>(name: string, work: () => Promise<T>, out: Print = print): Promise<T> {
  const startedAt = Date.now()
  let announced = false
  const announce = () => {
    out(announced ? `  ${name} … ${elapsed(startedAt)}` : `  ${name} …`)
    announced = true
  }
  let repeat: NodeJS.Timeout | undefined
  const first = setTimeout(() => {
    announce()
    repeat = setInterval(announce, repeatMs)
  }, quietMs)
  try {
    const result = await work()
    if (announced) out(`  ${name}: done in ${elapsed(startedAt)}`)
    return result
  } finally {
    clearTimeout(first)
    clearInterval(repeat)
  }
}
