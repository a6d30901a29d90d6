import { adapterConformance } from '@authcore/conformance'
import { httpServer } from '@authcore/conformance/node'
import express5 from 'express'
import { afterAll, describe, it } from 'vitest'
import { build } from './build.js'
import { FRAMEWORKS, listen } from './fixture.js'

for (const [name, express] of FRAMEWORKS) {
  adapterConformance({
    runner: { describe, it, afterAll },
    name,
    protocol: 'http/1.1',
    parsesBodies: true,
    leaveOut: express === express5 ? {} : { 'place: two slashes': 'Express 4 takes two slashes for one' },
    createServer: async application => httpServer(await listen(build(express, application))),
  })
}
