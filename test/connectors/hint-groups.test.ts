import { describe, expect, it } from 'vitest'
import { createHintGroups } from '../../connectors/channels/hint-groups.ts'

/** Groups whose writing waits for the test. */
function held() {
  const written: number[][] = []
  const pressure: boolean[] = []
  const acknowledged: number[] = []
  let finish: (error?: Error) => void = () => undefined
  const groups = createHintGroups<number>({
    accept: (items) => {
      written.push(items)
      return new Promise((resolve, reject) => {
        finish = (error) => (error ? reject(error) : resolve())
      })
    },
    onPressure: (isFull) => pressure.push(isFull),
    firstPauseMs: 1,
  })
  const offer = (item: number) => groups.offer(String(item), item, () => acknowledged.push(item))
  const settle = async (error?: Error) => {
    const before = written.length
    finish(error)
    const enoughMs = performance.now() + 60
    while (written.length === before && performance.now() < enoughMs) {
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return { groups, offer, settle, written, pressure, acknowledged }
}

describe('groups of hints', () => {
  it('stop the reading at the high water mark and start it again at the low one, losing none', async () => {
    const { offer, settle, written, pressure, acknowledged } = held()
    for (let item = 0; item < 2_001; item += 1) offer(item)
    expect(pressure).toEqual([true])
    expect(acknowledged).toEqual([])
    while (acknowledged.length < 2_001) {
      const waiting = 2_001 - written.flat().length
      expect(pressure.at(-1)).toBe(waiting > 500)
      await settle()
    }
    expect(pressure).toEqual([true, false])
    expect(Math.max(...written.map((group) => group.length))).toBe(256)
    expect(acknowledged).toEqual(Array.from({ length: 2_001 }, (_, item) => item))
  })

  it('write what is sent again while it waits once, and acknowledge it', async () => {
    const { offer, settle, written, acknowledged } = held()
    for (const item of [1, 2, 2, 3, 2]) offer(item)
    await settle()
    await settle()
    expect(written).toEqual([[1], [2, 3]])
    expect(acknowledged).toEqual([1, 2, 3])
  })

  it('try the members of a group that fails, and leave one that cannot be written to the platform', async () => {
    const { offer, settle, written, acknowledged } = held()
    for (const item of [1, 2, 3, 4, 5]) offer(item)
    await settle()
    await settle(new Error('one of them')) // [2, 3, 4, 5]
    await settle() // 2
    await settle(new Error('this one')) // 3
    await settle() // 4
    await settle() // 5
    expect(written).toEqual([[1], [2, 3, 4, 5], [2], [3], [4], [5]])
    expect(acknowledged).toEqual([1, 2, 4, 5])
  })

  it('wait out a short outage, and give up a longer one, all that is left to be sent again', async () => {
    const { offer, settle, written, acknowledged } = held()
    for (const item of [1, 2, 3]) offer(item)
    await settle()
    for (const _ of ['[2, 3]', '2', '3']) await settle(new Error('nothing can be written'))
    expect(written.at(-1)).toEqual([2, 3])
    await settle()
    expect(acknowledged).toEqual([1, 2, 3])
    offer(4)
    for (const _ of [1, 2, 3, 4, 5]) await settle(new Error('nothing can be written'))
    offer(5)
    await settle()
    await settle()
    expect(written.slice(5)).toEqual([[4], [4], [4], [4], [4], [5]])
    expect(acknowledged).toEqual([1, 2, 3, 5])
  })

  it('finish what is being written when they are closed, and leave the rest to be sent again', async () => {
    const { groups, offer, settle, written, acknowledged } = held()
    for (const item of [1, 2]) offer(item)
    const closed = groups.close()
    await settle()
    await closed
    offer(3)
    expect(written).toEqual([[1]])
    expect(acknowledged).toEqual([1])
  })
})
