import { closeSync, existsSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { z } from 'zod'
import { refundBody } from './effects.ts'
import { pdaMessage, pickReport, WISHES } from './picking.ts'
import { listingChange } from './shelf.ts'
import { FATES, scan } from './story.ts'

const entry = z.discriminatedUnion('type', [
  z.object({ type: z.literal('refund'), key: z.string(), body: refundBody, isApplied: z.boolean() }),
  z.object({ type: z.literal('pda'), key: z.string(), body: pdaMessage, isApplied: z.boolean() }),
  z.object({ type: z.literal('task'), pickTaskId: z.string(), reports: z.array(pickReport) }),
  z.object({ type: z.literal('task_over'), pickTaskId: z.string() }),
  z.object({
    type: z.literal('parcel'),
    waybillNumber: z.string(),
    packedAtMs: z.number(),
    fate: z.enum(FATES),
    hasTrouble: z.boolean(),
    deliverySeconds: z.number(),
  }),
  z.object({
    type: z.literal('listing'),
    key: z.string(),
    body: listingChange,
    isWilling: z.boolean(),
    atMs: z.number(),
  }),
  z.object({ type: z.literal('script'), waybillNumber: z.string(), scans: z.array(scan) }),
  z.object({
    type: z.literal('wish'),
    orderId: z.string(),
    pick: z.enum(WISHES).optional(),
    parcel: z.enum(FATES).optional(),
  }),
])
export type JournalEntry = z.output<typeof entry>

export type Journal = { append: (entry: JournalEntry) => void; close: () => void }

/** Keeps nothing: what happened is forgotten with the process. */
export const forgetful: Journal = { append: () => undefined, close: () => undefined }

/**
 * Everything that has happened, one JSON object a line, written before anybody is told. A line is handed to the
 * operating system at once: it survives the end of this process, though not of the machine.
 */
export function openJournal(file: string): { journal: Journal; entries: JournalEntry[] } {
  const entries = readEntries(file)
  const handle = openSync(file, 'a', 0o600)
  return {
    entries,
    journal: {
      append: (added) => {
        writeSync(handle, `${JSON.stringify(added)}\n`)
      },
      close: () => closeSync(handle),
    },
  }
}

function readEntries(file: string): JournalEntry[] {
  if (!existsSync(file)) return []
  const bytes = readFileSync(file)
  const end = bytes.lastIndexOf('\n') + 1
  // A line that was cut off by a kill told nobody anything.
  if (end < bytes.length) truncateSync(file, end)
  return bytes
    .toString('utf8', 0, end)
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => parseEntry(line, `${file}, line ${index + 1}`))
}

function parseEntry(line: string, place: string): JournalEntry {
  const parsed = entry.safeParse(JSON.parse(line))
  if (parsed.success) return parsed.data
  throw new Error(`${place} is not of this version; remove the file to begin anew`)
}
