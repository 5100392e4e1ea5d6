import type { OutsideHttp } from '../outside-http.ts'

export type PdaGateway = {
  /** Hands a message to the PDAs of a warehouse. The operation id makes a repeated call the same message. */
  push: (message: { operationId: string; kind: string; payload: object }) => Promise<void>
}

/** `POST /pda/messages {kind, …}` → 2xx. */
export function createPdaGateway(http: OutsideHttp): PdaGateway {
  return {
    push: async ({ operationId, kind, payload }) => {
      await http.request({
        method: 'POST',
        path: '/pda/messages',
        body: { kind, ...payload },
        idempotencyKey: operationId,
      })
    },
  }
}
