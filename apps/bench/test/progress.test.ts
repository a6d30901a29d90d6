import { expect, test } from 'vitest'
import { createProgress } from '../src/progress.js'

function createStream(isTTY: boolean) {
  const written: string[] = []
  // the parts of a stream that are used
  const stream = { isTTY, columns: 20, write: (text: string) => written.push(text) > 0 }
  return { stream: stream as unknown as NodeJS.WriteStream, written }
}

test('on a terminal one line changes', () => {
  const { stream, written } = createStream(true)
  const progress = createProgress(stream, () => 0)
  progress.show('verify: round 1 of 20, and more')
  progress.print('done')
  expect(written).toEqual(['\r\u001b[K', 'verify: round 1 of ', '\r\u001b[K', 'done\n'])
})

test('elsewhere a line comes now and then', () => {
  let now = 0
  const { stream, written } = createStream(false)
  const progress = createProgress(stream, () => now)
  progress.show('one')
  now = 5000
  progress.show('two')
  now = 10_000
  progress.show('three')
  expect(written).toEqual(['one\n', 'three\n'])
})
