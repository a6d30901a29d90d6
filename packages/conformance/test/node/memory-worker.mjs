// A process of its own with stores in its memory: `connection` is only looked at when it asks for trouble.
import { memoryStores } from '@authcore/core/memory'
import { serveStores } from '../../dist/node/index.js'

serveStores(connection => {
  if (connection === 'fail') throw Object.assign(new Error('no database'), { code: 'ECONNREFUSED' })
  if (connection === 'exit') process.exit(7)
  return { stores: memoryStores() }
})
