import { createDpopProofVerifier } from '@authcore/core'
import { generateKeyPair, generateProof } from 'dpop'
import { describe, expect, it, onTestFinished } from 'vitest'
import { redisStores } from '../src/index.js'
import { CLIENT_KINDS, openClient } from './support/clients.js'
import { findPlace, startClusterPlace } from './support/servers.js'

const URL_OF_REQUEST = 'https://api.example.com/reports'

describe.each(CLIENT_KINDS)('with %s', kind => {
  it.each([
    ['a server', findPlace],
    ['a cluster', startClusterPlace],
  ])(
    'of 200 replays of one proof on %s exactly one passes, whichever process they reach',
    async (_, find) => {
      const place = await find()
      if ('missing' in place) throw new Error(place.missing)
      onTestFinished(() => place.leave())
      const clients = [await openClient(kind, place), await openClient(kind, place)]
      onTestFinished(async () => {
        for (const client of clients) await client.close()
      })
      const { prefix, isCluster } = place
      const verifiers = clients.map(({ client }) =>
        createDpopProofVerifier({
          oneTime: redisStores(client, { prefix, cluster: isCluster, onWarning: () => {} }).oneTime,
        }),
      )
      const proof = await generateProof(await generateKeyPair('ES256'), URL_OF_REQUEST, 'GET')
      const settled = await Promise.allSettled(
        Array.from({ length: 200 }, async (_each, index) =>
          verifiers[index % 2]?.verify(proof, { method: 'GET', url: URL_OF_REQUEST }),
        ),
      )
      const refused = settled.filter(({ status }) => status === 'rejected')
      expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(refused).toHaveLength(199)
      for (const refusal of refused)
        expect(refusal).toMatchObject({ reason: { code: 'dpop_proof_replayed' } })
    },
  )
})
