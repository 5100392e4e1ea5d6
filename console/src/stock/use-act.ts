import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useOperationKey } from '../api/use-operation-key.ts'

type Header = { 'Idempotency-Key': string }

/**
 * Something that is done once: under one key until it is done, however often it is tried. Everything that shows stock is looked at
 * again afterwards.
 */
export function useAct<Content, Result>(
  send: (content: Content, header: Header) => Promise<Result>,
  onDone?: (result: Result) => void,
) {
  const queries = useQueryClient()
  const operation = useOperationKey()
  return useMutation({
    mutationFn: (content: Content) => send(content, { 'Idempotency-Key': operation.keyOf(content) }),
    onSuccess: (result) => {
      operation.done()
      void queries.invalidateQueries({ queryKey: ['get'] })
      onDone?.(result)
    },
  })
}
