// The other process: does what it is told by messages, with the package as it is built.
import { PrismaPg } from '@prisma/adapter-pg'
import { prismaStores } from '../../dist/index.js'
import { PrismaClient } from '../dist/prisma-7/client/client.js'

const [, , connectionString] = process.argv
const client = new PrismaClient({ adapter: new PrismaPg({ connectionString, max: 3 }) })
const stores = prismaStores(client)

process.on('message', async ({ id, store, method, command }) => {
  try {
    process.send?.({ id, value: await stores[store][method](command) })
  } catch (error) {
    process.send?.({ id, error })
  }
})
process.on('disconnect', async () => {
  await client.$disconnect()
  process.exit()
})
process.send?.({ id: 0 })
