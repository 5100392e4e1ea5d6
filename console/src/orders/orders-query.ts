import { api } from '../api/client.ts'
import { asQuery } from '../api/query.ts'
import type { OrdersSearch } from './search.ts'

const PAGE = 50

/** The page of orders that an address asks for. */
export function ordersQuery({ columns: _columns, ...asked }: OrdersSearch) {
  return api.queryOptions('get', '/v1/orders', { params: { query: { ...asQuery(asked), limit: PAGE } } })
}
