import { CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow'

/**
 * What a workflow that follows a row knows of it: the version that it has read, and whether it was told of a later one.
 * News only make it look again, so that a forged, repeated or lost message can do no more than that.
 */
export class RowNews {
  #told = false
  #version = 0
  #heardVersion = 0

  /** Somebody says that the row has reached a version; the same again, or an older one, is no news. */
  hear(version: number): void {
    this.#heardVersion = Math.max(this.#heardVersion, version)
    if (version > this.#version) this.#told = true
  }

  /** Whatever version it has, the row is to be read. */
  lookAgain(): void {
    this.#told = true
  }

  /** The row is about to be read: what is told from here on may be newer than what is read. */
  beginReading(): void {
    this.#told = false
  }

  /** The row was read, at this version. */
  read(version: number): void {
    this.#version = version
  }

  /** Told of a version that has not been read yet. */
  get isFresh(): boolean {
    return this.#told
  }

  /** The newest version that was read or told of; 0 before the first was read. */
  get knownVersion(): number {
    return this.#version === 0 ? 0 : Math.max(this.#version, this.#heardVersion)
  }

  /** Until there is news or the time has come, whichever is first. Null: only news can end it. */
  async wait(dueAtMs: number | null, summary: string): Promise<'news' | 'due'> {
    let isDue = false
    const timer = new CancellationScope()
    if (dueAtMs !== null) {
      timer
        .run(() => sleep(Math.max(1, dueAtMs - Date.now()), { summary }))
        .then(
          () => {
            isDue = true
          },
          (error: unknown) => {
            if (!isCancellation(error)) throw error
          },
        )
    }
    await condition(() => this.#told || isDue)
    timer.cancel()
    return isDue ? 'due' : 'news'
  }
}
