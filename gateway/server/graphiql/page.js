// Opens GraphiQL on this gateway, with the examples of /graphiql/examples.json in tabs.
"use strict";

async function openGraphiQL() {
  const examples = await (await fetch("/graphiql/examples.json")).json();
  const subscriptionUrl = `${location.origin.replace(/^http/, "ws")}/graphql`;
  const fetcher = GraphiQL.createFetcher({ url: "/graphql", subscriptionUrl });
  const page = React.createElement(GraphiQL, {
    fetcher,
    defaultTabs: examples,
    defaultQuery: examples[0].query,
    shouldPersistHeaders: false,
  });
  ReactDOM.createRoot(document.getElementById("graphiql")).render(page);
}

openGraphiQL();
