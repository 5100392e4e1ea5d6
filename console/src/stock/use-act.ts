import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type OperationHeader, useOperation } from '../api/operation.ts'

/**
 * Something that is done once: under one key until it is done, however often it is tried. Everything that shows stock is looked at
 * again afterwards.
 */
export function useAct<Content, Result>(
  send: (content: Content, header: OperationHeader) => Promise<Result>,
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
