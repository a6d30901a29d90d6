import { readFile, writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { runSuite } from '../suite.js'

// Node, Bun and Deno: `host.js INPUT OUTPUT`, both JSON files
const [, , input = '', output = ''] = argv
await writeFile(output, JSON.stringify(await runSuite(JSON.parse(await readFile(input, 'utf8')))))
