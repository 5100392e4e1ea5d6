import type { Db } from '../store/database.ts'
import {
  compareFeedPositions,
  currentFeedPosition,
  type FeedEvent,
  type FeedPosition,
  readFeed,
} from '../store/event-feed.ts'
import { Watchers } from './watchers.ts'

const BATCH = 500

export type Subscriber = {
  position: FeedPosition
  send: (event: FeedEvent) => void
  isOpen: () => boolean
}

/**
 * One poller of the operation log per process, however many people watch. A subscriber who resumes further back
 * first reads alone until it has caught up with the poller.
 */
export class Feed {
  readonly #db: Db
  readonly #live: Watchers<Subscriber>
  #position: FeedPosition | null = null

  constructor(db: Db, onError: (error: unknown) => void) {
    this.#db = db
    this.#live = new Watchers(() => this.#poll(), onError)
  }

  /** Where a subscriber without a last event id begins. */
  now(): Promise<FeedPosition> {
    return currentFeedPosition(this.#db)
  }

  /** Sends everything after the subscriber's position, then whatever comes. */
  async follow(subscriber: Subscriber): Promise<void> {
    while (subscriber.isOpen() && !this.#live.closed) {
      const { events, position } = await readFeed(this.#db, subscriber.position, BATCH)
      this.#deliver(subscriber, events)
      subscriber.position = position
      // No await from here to the end: the poller cannot move in between.
      if (this.#position === null || this.#live.count === 0) this.#position = position
      if (compareFeedPositions(position, this.#position) < 0) continue
      this.#live.join(subscriber)
      return
    }
  }

  leave(subscriber: Subscriber): void {
    this.#live.leave(subscriber)
  }

  close(): void {
    this.#live.close()
  }

  async #poll(): Promise<void> {
    let full = true
    while (full && this.#position && this.#live.count > 0) {
      const { events, position } = await readFeed(this.#db, this.#position, BATCH)
      this.#position = position
      for (const subscriber of this.#live) {
        this.#deliver(subscriber, events)
        if (compareFeedPositions(position, subscriber.position) > 0) subscriber.position = position
      }
      full = events.length === BATCH
    }
  }

  #deliver(subscriber: Subscriber, events: FeedEvent[]): void {
    for (const event of events) {
      if (!subscriber.isOpen()) return
      if (compareFeedPositions(event, subscriber.position) > 0) subscriber.send(event)
    }
  }
}
