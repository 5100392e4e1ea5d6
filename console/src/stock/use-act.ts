import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useOperation } from '../api/operation.ts'

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
  const once = useOperation()
  return useMutation({
    mutationFn: (content: Content) => once(content, (header) => send(content, header)),
    onSuccess: (result) => {
      void queries.invalidateQueries({ queryKey: ['get'] })
      onDone?.(result)
    },
  })
}
