import type { z } from 'zod'

/**
 * One kind of policy. A field added later needs a default, or the documents published before it can no longer be
 * read; the built-in document holds as version 0 until somebody publishes one.
 */
export type PolicyDefinition<Document extends object> = {
  title: { en: string; zh: string }
  schema: z.ZodType<Document>
  initial: Document
}

/** Keeps the document's type, so that the registry can hand it out by kind. */
export function definePolicy<Document extends object>(
  definition: PolicyDefinition<Document>,
): PolicyDefinition<Document> {
  return definition
}
