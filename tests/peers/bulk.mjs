// Sends documents with the real Elasticsearch client and prints how many were acknowledged.
// node bulk.mjs URL TOKEN COUNT MARK
import { Client } from '@elastic/elasticsearch'

const [url, token, count, mark] = process.argv.slice(2)
const client = new Client({ node: url, auth: { apiKey: token } })
let acknowledged = 0
await client.helpers.bulk({
  datasource: Array.from({ length: Number(count) }, (_, n) => ({ message: `document ${n}`, peer: { mark, number: n } })),
  onDocument: () => ({ create: { _index: 'peers' } }),
  onSuccess: () => { acknowledged++ },
  onDrop: (dropped) => { console.error('dropped', JSON.stringify(dropped)) },
})
console.log(JSON.stringify({ acknowledged }))
await client.close()
