// The process of one subject: `node --expose-gc subject-process.js <group> <subject> <place>`, told what to do over IPC.
import { findBatchSize, measure, measureAllocation } from './harness/measure.js'
import type { Answer, Request } from './harness/messages.js'
import type { Operation } from './harness/operation.js'
import { findSubject } from './suites/groups.js'

const [group = '', name = '', place = ''] = process.argv.slice(2)
let batchSize = 1

const answer = (message: Answer): void => {
  process.send?.(message)
}

async function handle(request: Request, operation: Operation): Promise<Answer> {
  switch (request.type) {
    case 'warm-up': {
      batchSize = await findBatchSize(operation, request.batchMilliseconds)
      await measure(operation, { milliseconds: request.milliseconds, batchSize })
      batchSize = await findBatchSize(operation, request.batchMilliseconds)
      return { type: 'ready' }
    }
    case 'measure':
      return {
        type: 'sample',
        sample: await measure(operation, { milliseconds: request.milliseconds, batchSize }),
      }
    case 'allocation':
      return { type: 'allocation', bytes: await measureAllocation(operation, batchSize) }
    case 'close': {
      const figures = operation.figures?.() ?? {}
      await operation.close?.()
      return { type: 'closed', figures }
    }
  }
}

try {
  const operation = await findSubject(group, name).prepare({
    place,
    onProgress: text => answer({ type: 'progress', text }),
  })
  process.on('message', (request: Request) => {
    handle(request, operation).then(
      message => {
        answer(message)
        if (message.type === 'closed') process.disconnect()
      },
      (error: unknown) => answer({ type: 'failed', message: String(error) }),
    )
  })
  // whoever asked is gone: servers and clients of the subject must not stay behind
  process.on('disconnect', () => process.exit())
  answer({ type: 'ready' })
} catch (error) {
  answer({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  process.exitCode = 1
  process.disconnect()
}
