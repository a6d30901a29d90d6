import { readFile, writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { runTask } from '../suite.js'

// Node, Bun and Deno: `host.js TASK INPUT OUTPUT`, the last two are JSON files
const [, , task = '', input = '', output = ''] = argv
await writeFile(output, JSON.stringify(await runTask(task, JSON.parse(await readFile(input, 'utf8')))))
