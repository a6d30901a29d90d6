import { createDpopProofVerifier } from '@authcore/core'
import { generateKeyPair, generateProof } from 'dpop'
import { expect, it, onTestFinished } from 'vitest'
import { openPglite } from './setup/pglite.js'

const URL_OF_REQUEST = 'https://api.example.com/reports'

it('of 200 replays of one DPoP proof exactly one passes', async () => {
  const { stores, end } = await openPglite()
  onTestFinished(() => end())
  const verifiers = [0, 1].map(() => createDpopProofVerifier({ oneTime: stores.oneTime }))
  const proof = await generateProof(await generateKeyPair('ES256'), URL_OF_REQUEST, 'GET')
  const settled = await Promise.allSettled(
    Array.from({ length: 200 }, async (_, index) =>
      verifiers[index % 2]?.verify(proof, { method: 'GET', url: URL_OF_REQUEST }),
    ),
  )
  const refused = settled.filter(({ status }) => status === 'rejected')
  expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(refused).toHaveLength(199)
  for (const refusal of refused) expect(refusal).toMatchObject({ reason: { code: 'dpop_proof_replayed' } })
})
