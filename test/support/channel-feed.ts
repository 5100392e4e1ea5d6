import { createServer, type IncomingMessage } from 'node:http'
import type {
  ChannelConnector,
  Hint,
  PushConnection,
  PushRequest,
  ShopAccount,
} from '../../connectors/channels/channel.ts'
import { listen } from '../../simulator/http.ts'

/** Stands where the hub's intake does: hears pushes of either kind and acknowledges once `keep` has resolved. */
export type ChannelFeed = {
  /** Where the simulator pushes to. */
  url: string
  hints: Hint[]
  /** Everything that came over HTTP, as it came. */
  requests: PushRequest[]
  /** What makes hints durable; a test replaces it to be slow or to fail. */
  keep: (hints: Hint[]) => Promise<void>
  /** From now on pushes belong to this shop; of a long connection it is opened. */
  attach: (shop: ShopAccount) => void
  close: () => Promise<void>
}

export async function startChannelFeed(connector: ChannelConnector): Promise<ChannelFeed> {
  let shop: ShopAccount | undefined
  let connection: PushConnection | undefined
  const directory = {
    shopsOfApp: async (appKey: string) => (shop && shop.appKey === appKey ? [shop] : []),
  }
  const accept = async (hints: Hint[]) => {
    await feed.keep(hints)
    feed.hints.push(...hints)
  }
  const server = createServer(async (request, response) => {
    const push = await readPush(request)
    feed.requests.push(push)
    const outcome = await connector.receivePush?.(push, directory)
    try {
      if (outcome?.outcome === 'accepted') await accept(outcome.hints)
    } catch {
      response.writeHead(503).end()
      return
    }
    const { status, contentType, body } = outcome?.reply ?? {
      status: 404,
      contentType: 'text/plain',
      body: '',
    }
    response.writeHead(status, { 'content-type': contentType }).end(body)
  })
  const port = await listen(server, '127.0.0.1', 0)
  const feed: ChannelFeed = {
    url: `http://127.0.0.1:${port}`,
    hints: [],
    requests: [],
    keep: async () => undefined,
    attach: (account) => {
      shop = account
      connection = connector.listen?.(account, { accept, directory, onState: () => undefined })
    },
    close: async () => {
      await connection?.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return feed
}

async function readPush(request: IncomingMessage): Promise<PushRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { searchParams } = new URL(request.url ?? '/', 'http://hub')
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  return {
    headers: Object.fromEntries(headers),
    query: Object.fromEntries(searchParams),
    body: Buffer.concat(chunks),
    receivedAt: new Date(),
  }
}
