import { readFile, writeFile } from 'node:fs/promises'
import { argv } from 'node:process'
import { outboundChecks } from '../checks/outbound.js'
import { runTask } from '../suite.js'

// Node, Bun and Deno: `host.js TASK INPUT OUTPUT`, the last two are JSON files
const [, , task = '', input = '', output = ''] = argv
const result = await runTask(task, JSON.parse(await readFile(input, 'utf8')), outboundChecks)
await writeFile(output, JSON.stringify(result))
