/** The browser comes back by itself after a cut, but not after a refusal: a session that ended, or too many streams. */
const OPEN_AGAIN_MS = 5_000

type Listeners = {
  /** By the name of the event: what was sent with it. */
  on: Record<string, (data: string) => void>
  onLive: (isLive: boolean) => void
  /** After a refusal: what happened meanwhile was missed. */
  onOpenedAgain: () => void
}

/**
 * Follows a stream of the hub's until it is told to end. The browser resumes after the last event that it had.
 *
 * @returns what ends it
 */
export function followStream(url: string, { on, onLive, onOpenedAgain }: Listeners): () => void {
  let source: EventSource | null = null
  let opening: ReturnType<typeof setTimeout> | undefined
  const close = () => {
    clearTimeout(opening)
    source?.close()
    source = null
    onLive(false)
  }
  const open = () => {
    const opened = new EventSource(url)
    source = opened
    opened.addEventListener('open', () => onLive(true))
    opened.addEventListener('error', () => {
      onLive(false)
      if (opened.readyState !== EventSource.CLOSED) return
      close()
      opening = setTimeout(() => {
        open()
        onOpenedAgain()
      }, OPEN_AGAIN_MS)
    })
    for (const [name, listener] of Object.entries(on)) {
      opened.addEventListener(name, ({ data }: MessageEvent<string>) => listener(data))
    }
  }
  open()
  return close
}
