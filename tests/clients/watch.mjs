// Watches a transaction with three public clients at once, and prints what each of them saw.
// node watch.mjs ADDRESS HANDLE

import { createRequire } from "node:module";
import { ApolloClient, InMemoryCache } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { gql } from "graphql-tag";
import { createClient as createSseClient } from "graphql-sse";
import { createClient as createWsClient } from "graphql-ws";

const WebSocket = createRequire(import.meta.url)("ws");
const [address, handle] = process.argv.slice(2);
const query = "subscription ($handle: ID!) { transaction(handle: $handle) { id handle status affected { id __typename } } }";
const variables = { handle };
const socket = () => createWsClient({ url: address.replace(/^http/, "ws") + "/graphql", webSocketImpl: WebSocket, retryAttempts: 0 });

async function byIterating(client) {
  const seen = [];
  for await (const answer of client.iterate({ query, variables })) seen.push(answer);
  client.dispose();
  return seen;
}

function byApollo() {
  const ws = socket();
  const client = new ApolloClient({ link: new GraphQLWsLink(ws), cache: new InMemoryCache() });
  return new Promise((resolve, reject) => {
    const seen = [];
    client.subscribe({ query: gql(query), variables, fetchPolicy: "no-cache" }).subscribe({
      next: ({ data, error }) => seen.push(error ? { errors: [String(error)] } : { data }),
      error: reject,
      complete: () => {
        ws.dispose();
        resolve(seen);
      },
    });
  });
}

const names = ["graphql-ws", "graphql-sse", "@apollo/client"];
const all = await Promise.all([
  byIterating(socket()),
  byIterating(createSseClient({ url: `${address}/graphql`, retryAttempts: 0 })),
  byApollo(),
]);
console.log(JSON.stringify(Object.fromEntries(names.map((name, place) => [name, all[place]]))));
