import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { defineConfig, mergeConfig, type ViteUserConfig } from 'vitest/config'
import core from '../../packages/core/vitest.config.ts'
import http from '../../packages/http/vitest.config.ts'
import { TARGETS } from './targets.mjs'

const packages: Readonly<Record<string, ViteUserConfig>> = { core, http }
const target = TARGETS.find(({ name }) => name === env['AUTHCORE_MUTATION_TARGET'])
if (target === undefined) throw new Error('AUTHCORE_MUTATION_TARGET must name a row of the table')

const { test, ...settings } = packages[target.package] ?? {}

export default defineConfig(
  mergeConfig(settings, {
    root: fileURLToPath(new URL(`../../packages/${target.package}`, import.meta.url)),
    test: {
      ...test,
      include: [...target.tests],
      setupFiles: [fileURLToPath(new URL('seed.ts', import.meta.url))],
      reporters: [],
      outputFile: {},
    },
  }),
)
