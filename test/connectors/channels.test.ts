import { describe, expect, it } from 'vitest'
import { CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'

describe('the channels’ connectors', () => {
  it('are registered under their own platform', () => {
    for (const [platform, connector] of Object.entries(CHANNEL_CONNECTORS)) {
      expect(connector.platform).toBe(platform)
    }
  })
})
