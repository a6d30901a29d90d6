import type { Options } from 'tsup'

/**
 * One way to build every package: ESM for any runtime, entries share chunks, readable output with source maps.
 *
 * Declarations are not made here but by `tsc -p tsconfig.build.json`, after this step (which empties `dist`).
 */
export function buildOptions(
  entries: Record<string, string>,
  { external = [], ...overrides }: Options = {},
): Options {
  return {
    entry: entries,
    format: ['esm'],
    platform: 'neutral',
    target: 'es2022',
    outDir: 'dist',
    clean: true,
    dts: false,
    minify: false,
    sourcemap: true,
    splitting: true,
    // some runtimes know the modules of Node by this prefix only
    removeNodeProtocol: false,
    external: [/^node:/, ...external],
    silent: true,
    esbuildOptions(options) {
      options.treeShaking = true
      options.chunkNames = 'chunks/[hash]'
    },
    ...overrides,
  }
}
