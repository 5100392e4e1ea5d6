import type { z } from 'zod'
import type { HubClient } from './hub-client.ts'

/** Every item of a list, page by page, as ops sees it. */
export async function* pages<Item>(
  client: HubClient,
  path: string,
  query: URLSearchParams,
  answer: z.ZodType<{ items: Item[]; nextCursor: string | null }>,
): AsyncGenerator<Item> {
  const next = new URLSearchParams(query)
  for (;;) {
    const { items, nextCursor } = await client.send({
      as: 'ops',
      method: 'GET',
      path: `${path}?${next}`,
      answer,
    })
    yield* items
    if (nextCursor === null) return
    next.set('cursor', nextCursor)
  }
}
