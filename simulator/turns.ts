/** Lets at most so many run at a time; the others wait in line. */
export function createTurns(atOnce: number) {
  let running = 0
  const waiting: (() => void)[] = []
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      // A place is handed on to who waits, or given back.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
