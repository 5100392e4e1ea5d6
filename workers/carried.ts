import { defineSearchAttributeKey } from '@temporalio/common'
import { type UntoldChange, type UntoldTransfer, untoldChanges, untoldTransfers } from '../store/carrying.ts'
import {
  changeNewsSignal,
  changeWorkflowId,
  transferNewsSignal,
  transferWorkflowId,
} from '../workflows/messages.ts'
import type { Carried } from './row-carrier.ts'

const needsAttention = defineSearchAttributeKey('NeedsAttention', 'BOOL')
const warehouseKey = defineSearchAttributeKey('Warehouse', 'KEYWORD_LIST')
const storeKey = defineSearchAttributeKey('StoreId', 'KEYWORD')
const changeStatus = defineSearchAttributeKey('ChangeStatus', 'KEYWORD')

export const TRANSFERS: Carried<UntoldTransfer> = {
  table: 'transfer',
  what: 'transfer',
  workflowType: 'transfer',
  workflowId: transferWorkflowId,
  signal: transferNewsSignal,
  untold: untoldTransfers,
  start: ({ id, quantity, skuId, destinationId }) => ({
    args: [{ transferId: id }],
    staticSummary: `transfer of ${quantity} × ${skuId} to ${destinationId}`,
    typedSearchAttributes: [
      { key: warehouseKey, value: [destinationId] },
      { key: needsAttention, value: false },
    ],
  }),
}

export const CHANGES: Carried<UntoldChange> = {
  table: 'change_request',
  what: 'change request',
  workflowType: 'changeRequest',
  workflowId: changeWorkflowId,
  signal: changeNewsSignal,
  untold: untoldChanges,
  start: ({ id, changeNumber, type, orderId, storeId, status }) => ({
    args: [{ changeId: id }],
    staticSummary: `${changeNumber}: ${type} of order ${orderId}`,
    typedSearchAttributes: [
      { key: storeKey, value: storeId },
      { key: changeStatus, value: status },
      { key: needsAttention, value: false },
    ],
  }),
}
