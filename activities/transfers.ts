import { ApplicationFailure } from '@temporalio/common'
import type { TransferState } from '../domain/transfer.ts'
import type { Db } from '../store/database.ts'
import { passTransferDeadline, readTransfer, reserveTransfer } from '../store/transfers.ts'

/** What a transfer's workflow asks of the database. Each is one transaction, and safe to repeat. */
export function createTransferActivities({ db }: { db: Db }) {
  return {
    readTransfer: async ({ transferId }: { transferId: string }): Promise<TransferState> => {
      const state = await readTransfer(db, transferId)
      // Started by hand, or for a database that was restored to a moment before it.
      if (!state) throw ApplicationFailure.nonRetryable('there is no such transfer', 'UnknownTransfer')
      return state
    },
    reserveTransfer: ({ transferId }: { transferId: string }) => reserveTransfer(db, transferId),
    passTransferDeadline: (request: Parameters<typeof passTransferDeadline>[1]) =>
      passTransferDeadline(db, request),
  }
}
