// A process of its own with stores in the database that `connection` names; the package as it is built.
import { serveStores } from '@authcore/conformance/node'
import { PrismaPg } from '@prisma/adapter-pg'
import { prismaStores } from '../../dist/index.js'
import { PrismaClient } from '../dist/prisma-7/client/client.js'

serveStores(({ url }) => {
  const client = new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 3 }) })
  return { stores: prismaStores(client), close: () => client.$disconnect() }
})
