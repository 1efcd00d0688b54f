// Fills a table of dynalite's while it does not run: lines of caregiver TAB entry TAB item, through its own database.
// Arguments: the folder of the engines, dynalite's own folder, the table as CreateTable takes it.
import { createRequire } from 'node:module'
import readline from 'node:readline'

const AT_ONCE = 2000
const [, , engines, folder, described] = process.argv
const { create, createKey } = createRequire(`${engines}/package.json`)('dynalite/db')
const table = JSON.parse(described)
const store = create({ path: folder })
await store.db.open()
const items = store.getItemDb(table.TableName)

function kept(operations) {
  return new Promise((resolve, reject) => items.batch(operations, (error) => (error ? reject(error) : resolve())))
}

let waiting = []
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [caregiver, entry, value] = line.split('\t')
  const key = createKey({ caregiver: { S: caregiver }, entry: { S: entry } }, table)
  waiting.push({ type: 'put', key, value, valueEncoding: 'utf8' })
  if (waiting.length >= AT_ONCE) {
    await kept(waiting)
    waiting = []
  }
}
await kept(waiting)
await new Promise((resolve) => store.db.close(resolve))
